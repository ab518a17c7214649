"""A choice from a list that is never empty, with its type kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import streamlit as st

Value = TypeVar("Value")


def choose(label: str, options: Sequence[Value], shown: Callable[[Value], str], key: str) -> Value:
    """The option chosen; the first until the reader says another."""
    chosen = st.selectbox(label, options, format_func=shown, key=key)
    return options[0] if chosen is None else chosen


def by_name(names: Mapping[str, str]) -> list[str]:
    """Codes in the order in which a person looks their names up: 2 before 10."""

    def order(code: str) -> tuple[str, int]:
        head, _, tail = names[code].rpartition(" ")
        return (head, int(tail)) if tail.isdecimal() else (names[code], 0)

    return sorted(names, key=order)

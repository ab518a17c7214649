"""The two ways to speak at the terminal: what was asked for, and what is told beside it."""

from data import terminal


def test_an_answer_can_be_piped_and_what_is_told_stays_beside_it(capfd):
    long = "parola " * 60
    terminal.say(long, "[bold]fatto[/]")
    table = terminal.listing("Zona", "Presenze")
    table.add_row("048017-01", "7")
    terminal.answer(long, table)
    out, err = capfd.readouterr()
    assert err.splitlines() == [long, "[bold]fatto[/]"]
    assert out.splitlines()[0] == long
    assert any("048017-01" in line and "7" in line for line in out.splitlines()[1:])


def test_codes_are_read_with_their_blanks_left_out():
    assert terminal.codes(None) is None
    assert terminal.codes(" LU1, FI2 ,") == ["LU1", "FI2"]

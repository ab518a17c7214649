"""Who may be here: tokens, idle sessions, links that let in once, installations left open."""

from datetime import UTC, datetime, timedelta

import pytest

from data import accounts
from data.access import Role, Viewer
from data.accounts import Account
from data.serving import prepare
from data.settings import load
from data.signin import Door, Seats, door, is_loopback, new_key, use_key, write_secrets
from data.store import Store
from geo.errors import InputError, RefusedError
from tests.data.samples import UNITS

NETWORK = Viewer(Role.NETWORK)
ISSUER = "https://id.example.org"
NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
IDLE = timedelta(minutes=30)


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def provided(home):
    return load(
        home=home,
        oidc_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
        oidc_client_id="prossima",
        oidc_client_secret="word",
    )


@pytest.fixture
def store(provided, clock):
    opened = Store.open(provided, clock=clock)
    accounts.save(opened, NETWORK, Account(ISSUER, "rita", "Rete", Role.NETWORK))
    accounts.save(opened, NETWORK, Account(ISSUER, "olga", "Olga", Role.OPERATOR, unit="FI-1"))
    yield opened
    opened.close()


def claims(subject="olga", **changed):
    said = {
        "iss": ISSUER, "sub": subject, "aud": "prossima",
        "iat": NOW.timestamp(), "exp": (NOW + timedelta(hours=8)).timestamp(),
    }  # fmt: skip
    return {name: value for name, value in {**said, **changed}.items() if value is not None}


def refused(seats, store, settings, said, now=NOW, **named):
    with pytest.raises(RefusedError) as found:
        seats.account(store, said, settings, now, **named)
    return found.value.code


def test_a_token_lets_in_as_what_the_account_says(store, provided):
    account = Seats(IDLE).account(store, claims(), provided, NOW)
    assert account.viewer == Viewer(Role.OPERATOR, unit="FI-1", account="account 2")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (claims(iss="https://elsewhere.example.org"), "signin_unknown"),
        (claims("nobody"), "signin_unknown"),
        (claims(aud="another"), "signin_foreign"),
        (claims(aud=["another", "third"]), "signin_foreign"),
        (claims(exp=None), "signin_foreign"),
        (claims(iat="soon"), "signin_foreign"),
        (claims(sub=7), "signin_foreign"),
        (claims(iat=(NOW + timedelta(hours=1)).timestamp()), "signin_foreign"),
        (claims(exp=NOW.timestamp()), "signin_expired"),
        (claims(iat=(NOW - timedelta(minutes=31)).timestamp()), "signin_idle"),
        ({}, "signin_foreign"),
    ],
)
def test_a_token_that_is_not_for_here_and_now_lets_nobody_in(store, provided, said, expected):
    assert refused(Seats(IDLE), store, provided, said) == expected


def test_idle_ends_a_sign_in_for_good_in_every_window(store, provided):
    seats = Seats(IDLE)
    for minutes in (0, 29, 58):
        seats.account(store, claims(), provided, NOW + timedelta(minutes=minutes))
    later = NOW + timedelta(minutes=80)
    seats.account(store, claims(), provided, later, active=False)  # a look is no act
    later += timedelta(minutes=9)
    assert refused(seats, store, provided, claims(), later) == "signin_idle"
    assert refused(seats, store, provided, claims(), later) == "signin_void"
    fresh = claims(iat=later.timestamp())
    assert seats.account(store, fresh, provided, later).label == "Olga"


def test_a_role_changed_or_taken_ends_the_session_at_the_next_step(store, provided, clock):
    seats = Seats(IDLE)
    account = seats.account(store, claims(), provided, NOW)
    clock.now += timedelta(minutes=1)
    accounts.sign_out(store, NETWORK, account.id)
    assert refused(seats, store, provided, claims(), clock.now) == "signin_void"
    again = claims(iat=clock.now.timestamp() + 1)
    seats.account(store, again, provided, clock.now + timedelta(seconds=2))
    accounts.close(store, NETWORK, account.id)
    assert refused(seats, store, provided, again, clock.now) == "signin_closed"


def test_a_cookie_copied_before_signing_out_lets_nobody_in(store, provided):
    seats = Seats(IDLE)
    account = seats.account(store, claims(), provided, NOW)
    seats.leave(account, claims())
    assert refused(seats, store, provided, claims()) == "signin_void"


# Without a provider


@pytest.mark.parametrize(
    ("address", "host", "open_to_others"),
    [
        ("127.0.0.1", "localhost:8501", False),
        ("127.0.0.1", None, False),
        ("localhost", "127.0.0.1:8501", False),
        ("::1", "[::1]:8501", False),
        ("0.0.0.0", "localhost:8501", True),
        (None, "localhost:8501", True),
        ("", None, True),
        ("127.0.0.1", "prossima.example.org", True),
        ("127.0.0.1", "attacker.example.org:8501", True),
        ("192.168.1.4", None, True),
    ],
)
def test_without_a_provider_only_this_computer_is_let_in(home, address, host, open_to_others):
    store = Store.open(load(home=home))
    if open_to_others:
        with pytest.raises(RefusedError) as found:
            door(load(home=home), store, address, host)
        assert found.value.code == "open_without_signin"
    else:
        assert door(load(home=home), store, address, host) is Door.DEMO
    store.close()


def test_real_data_are_never_a_demo(home):
    store = Store.open(load(home=home))
    assert door(load(home=home), store, "127.0.0.1", None) is Door.DEMO  # nothing is there yet
    store.save_units(Viewer(Role.COORDINATOR), UNITS)
    assert door(load(home=home), store, "127.0.0.1", None) is Door.LINK
    link, options = prepare(load(home=home))
    assert "?key=" in link
    assert "--server.address=127.0.0.1" in options
    with pytest.raises(RefusedError):
        prepare(load(home=home, address="0.0.0.0"))
    store.close()


def test_a_link_lets_in_once_and_not_for_long(home):
    key = new_key(home, NOW)
    assert key not in (home / "entry-key").read_text()
    assert (home / "entry-key").stat().st_mode & 0o077 == 0
    use_key(home, key, NOW)
    for wrong in (key, ""):
        with pytest.raises(RefusedError):
            use_key(home, wrong, NOW)
    late = new_key(home, NOW)
    with pytest.raises(RefusedError):
        use_key(home, late, NOW + timedelta(minutes=10))
    kept = new_key(home, NOW)
    with pytest.raises(RefusedError):
        use_key(home, "guess", NOW)
    use_key(home, kept, NOW)  # who guesses takes nobody's link away


def test_streamlit_is_told_of_the_provider_in_a_file_for_the_owner_alone(home, provided):
    path = write_secrets(provided, 8501)
    assert path.stat().st_mode & 0o077 == 0
    first = path.read_text()
    assert 'redirect_uri = "http://localhost:8501/oauth2callback"' in first
    assert write_secrets(provided, 8501).read_text() == first  # nobody is signed out by a restart
    with pytest.raises(InputError):
        write_secrets(provided.model_copy(update={"oidc_client_id": None}), 8501)
    assert write_secrets(load(home=home), 8501) is None


def test_addresses_of_this_computer():
    for ours in ("127.0.0.1", "127.8.0.1", "localhost", "localhost:80", "::1", "[::1]:80"):
        assert is_loopback(ours)
    for not_ours in (None, "", "localhost.example.org", "10.0.0.1", "::", "127.0.0.1.example.org"):
        assert not is_loopback(not_ours)

"""How the program is served: what Streamlit is told, and the link to open it with."""

from __future__ import annotations

from data.access_commands import entry_link
from data.municipal import checked
from data.settings import Settings
from data.signin import Door, door, write_secrets
from data.store import Store


def chosen(port: int | None, profile: str | None) -> dict[str, object]:
    """Settings that were said on the command line, which win."""
    given = {"port": port, "profile": profile}
    return {name: value for name, value in given.items() if value is not None}


def prepare(settings: Settings) -> tuple[str, list[str]]:
    """The link to open and the options of `streamlit run`.

    Raises RefusedError `open_without_signin`, `municipal_holds_more` before anything listens,
    InputError `oidc_half`.
    """
    store = Store.open(settings)
    try:
        if settings.profile == "municipality":
            checked(store)
        return _prepared(store, settings)
    finally:
        store.close()


def _prepared(store: Store, settings: Settings) -> tuple[str, list[str]]:
    secrets = write_secrets(settings, settings.port)
    link = settings.public_url or f"http://localhost:{settings.port}"
    if door(settings, store, settings.address, None) is Door.LINK:
        link = entry_link(settings.home, settings.port)
    options = server_options(settings)
    if secrets:
        options.append(f"--secrets.files={secrets}")
    return link, options


def server_options(settings: Settings) -> list[str]:
    """What Streamlit must be told whatever other configuration it finds on the machine."""
    said = {
        "server.address": settings.address,
        "server.port": settings.port,
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "server.enableXsrfProtection": "true",
        "server.enableCORS": "true",
        "server.maxUploadSize": 400,
        "server.maxMessageSize": 400,
        "server.disconnectedSessionTTL": 600,
        # Looking through all of memory after each tap takes longer than the tap.
        "runner.postScriptGC": "false",
        "browser.serverAddress": "localhost",
        "browser.gatherUsageStats": "false",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": "false",
        "client.toolbarMode": "minimal",
    }
    return [f"--{name}={value}" for name, value in said.items()]

# ruff: noqa: E501 (sentences)
"""Sentences about who may enter, the databases for many, backups."""

from __future__ import annotations

ACCESS = {
    "database_key_wrong": "The key in PROSSIMA_DATABASE_KEY does not open this database: nothing was changed. Use the key that it was encrypted with; without it the data cannot be read by anyone.",
    "database_key_missing": "The keyring holds no key for this folder: take it over from the computer that has it, or make a new one with `prossima db encrypt`.",
    "database_plain": "A key is set, but this database is not encrypted: encrypt it with `prossima db encrypt`, or take the key away.",
    "database_behind": "The tables are of an earlier version and belong to another role: have the owner of the database run `prossima db upgrade`.",
    "database_not_postgresql": "Only PostgreSQL has roles: name one in PROSSIMA_DATABASE_URL, by the owner of its tables.",
    "database_key_unset": "Say the key first: PROSSIMA_DATABASE_KEY=keyring keeps it in this computer's keyring. PostgreSQL is encrypted by whoever runs its disk.",
    "database_none": "There is no database yet: with the key set, the first use makes an encrypted one.",
    "database_encrypted": "The database is encrypted already.",
    "database_running": "The program is still using this database: stop it first.",
    "database_rights": "PostgreSQL refused: its rights do not allow this role to do that. After an update have the owner of the database run `prossima db roles`.",
    "keyring_missing": "This computer has no keyring that can be used: install prossima[sqlcipher], or set PROSSIMA_DATABASE_KEY to the key itself.",
    "row_taken": "Something with the same code is there already: nothing was written. Choose another code.",
    "not_own": "This does not belong to your organisation: nothing was written.",
    "retention_owner": "The records are deleted, but only the owner of the database can wipe their bytes from its files: have the retention run with the owner's PROSSIMA_DATABASE_URL.",
    "account_identity": "An account needs the provider's address (issuer), what the provider calls the person (subject), and a name of yours for it.",
    "account_scope": "Role and reach do not go together: a street unit needs its unit, a municipality its ISTAT code, a coordinator may have an organisation, the network has none of them.",
    "account_taken": "This person has an account already: change that one.",
    "account_missing": "There is no account {account}.",
    "account_last": "The network needs at least one open account: make that one first, so that nobody is locked out.",
    "open_without_signin": "Other computers can reach this program, and it has no identity provider: nobody is let in. Let it listen on 127.0.0.1, or set PROSSIMA_OIDC_METADATA_URL.",
    "oidc_half": "An identity provider needs three settings: PROSSIMA_OIDC_METADATA_URL, PROSSIMA_OIDC_CLIENT_ID and PROSSIMA_OIDC_CLIENT_SECRET.",
    "signin_unknown": "You are signed in with the provider, but have no account here. Give the network these two words: {issuer} and {subject}.",
    "signin_closed": "Your account is closed. Ask the network.",
    "signin_expired": "Your sign-in has expired: sign in again.",
    "signin_idle": "Nothing was done for {minutes} minutes: sign in again.",
    "signin_void": "This sign-in was ended, or your account was changed since: sign in again.",
    "signin_foreign": "What the provider sent is not meant for this program: sign in again, and tell the network if it happens twice.",
    "link_void": "This link does not let in any more: make a new one with `prossima accounts link`.",
}

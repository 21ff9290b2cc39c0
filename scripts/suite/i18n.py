"""Translations: the .pot of each addon, and the languages that must be complete."""

import polib

from .console import run
from .database import Databases, ensure_suite
from .paths import ADDONS, SUITE, VAR, ensure_dir

LANGUAGES = ("zh_CN",)


def export_templates(odoo, folder):
    """Write the .pot of each addon, as the installed suite gives it, into `folder`."""
    ensure_dir(folder)
    with odoo.server.running():
        databases = Databases(odoo.server)
        template, _log = ensure_suite(odoo, databases)
        database = "suite_i18n"
        databases.copy(template, database)
        try:
            for addon in SUITE:
                output = folder / f"{addon}.pot"
                # Odoo writes .po where it is told a file name; the template language is `pot`.
                arguments = ("export", addon, "-d", database, "-l", "pot", "-o", str(output))
                run(odoo.command(*arguments, subcommand="i18n"), env=odoo.env(), what=f"exporting the texts of {addon}")
        finally:
            databases.drop(database)


def entries(path):
    return {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(path)) if not entry.obsolete}


def differences(fresh, kept):
    """Texts in one template and not in the other, as two sorted lists."""
    new, old = set(entries(fresh)), set(entries(kept)) if kept.exists() else set()
    return sorted(text for _ctx, text in new - old), sorted(text for _ctx, text in old - new)


def check(odoo):
    """Problems: .pot not current, or a language incomplete."""
    folder = VAR / "i18n"
    export_templates(odoo, folder)
    problems = []
    for addon in SUITE:
        added, gone = differences(folder / f"{addon}.pot", ADDONS / addon / "i18n" / f"{addon}.pot")
        if added or gone:
            problems.append(
                f"{addon}.pot is not current ({len(added)} texts new, {len(gone)} gone: "
                f"{', '.join(repr(text[:60]) for text in (added + gone)[:5])}). Run: scripts/i18n"
            )
        for language in LANGUAGES:
            problems += _incomplete(addon, language, folder / f"{addon}.pot")
    return problems


def _incomplete(addon, language, template):
    path = ADDONS / addon / "i18n" / f"{language}.po"
    known = entries(path) if path.exists() else {}
    missing = [
        text
        for key, entry in entries(template).items()
        for text in [key[1]]
        if key not in known or not known[key].msgstr.strip() or "fuzzy" in known[key].flags
    ]
    if not missing:
        return []
    shown = ", ".join(repr(text[:60]) for text in missing[:5])
    return [f"{addon}/i18n/{language}.po lacks {len(missing)} translations: {shown}"]


def update(odoo):
    """Renew each .pot and bring each language up to date, keeping its translations. Return a line an addon."""
    folder = VAR / "i18n"
    export_templates(odoo, folder)
    lines = []
    for addon in SUITE:
        target = ensure_dir(ADDONS / addon / "i18n") / f"{addon}.pot"
        template = polib.pofile(str(folder / f"{addon}.pot"), wrapwidth=0)
        for header in ("POT-Creation-Date", "PO-Revision-Date"):
            template.metadata.pop(header, None)
        template.save(str(target))
        for language in LANGUAGES:
            path = target.with_name(f"{language}.po")
            translated = polib.pofile(str(path), wrapwidth=0) if path.exists() else polib.POFile(wrapwidth=0)
            translated.metadata = {**template.metadata, "Language": language}
            translated.merge(template)
            for entry in translated.obsolete_entries():
                translated.remove(entry)
            for entry in translated:
                # A near match of another text is no translation.
                if "fuzzy" in entry.flags:
                    entry.flags.remove("fuzzy")
                    entry.msgstr = ""
            translated.save(str(path))
            missing = len(translated.untranslated_entries())
            lines.append(f"{addon}: {len(template)} texts, {language} lacks {missing}")
    return lines

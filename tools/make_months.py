"""Write `dedupe/read/months.tsv`: month names of many languages, from the Unicode CLDR as babel has it.

    python tools/make_months.py

Where two languages give one word to two months ("listopad") the one named first has it.
"""

from __future__ import annotations

from pathlib import Path

from babel import Locale

LANGUAGES = [
    "en",
    "de",
    "fr",
    "es",
    "pt",
    "it",
    "nl",
    "pl",
    "cs",
    "ru",
    "uk",
    "sv",
    "da",
    "nb",
    "fi",
    "sk",
    "sl",
    "bg",
    "hr",
    "sr",
    "mk",
    "be",
    "ro",
    "hu",
    "tr",
    "el",
    "lt",
    "lv",
    "et",
    "ca",
    "gl",
    "eu",
    "sq",
    "is",
    "ga",
    "cy",
    "ar",
    "fa",
    "he",
    "hi",
    "bn",
    "ur",
    "id",
    "ms",
    "vi",
    "th",
    "sw",
    "az",
    "kk",
    "hy",
    "ka",
]


def main() -> None:
    months: dict[str, int] = {}
    for language in LANGUAGES:
        found = Locale.parse(language).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in found[context].get(width, {}).items():
                    word = name.lower().strip(".")
                    if (len(word) >= 3 and word.replace("'", "").isalpha()) or any(ord(c) > 0x900 for c in word):
                        months.setdefault(word, int(number))
    months |= {"sept": 9, "june": 6, "july": 7}
    rows = [f"{word}\t{number}" for word, number in sorted(months.items())]
    path = Path(__file__).resolve().parents[1] / "dedupe" / "read" / "months.tsv"
    path.write_text("\n".join(["month\tnumber", *rows]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Write `data/eight.jsonl` and its truth: sixty wire stories in eight languages, in outlets' versions.

    python tools/make_eight.py

The stories are written for this project; places, people, agencies and outlets are made up.
`tools/eight/LANGUAGE.txt` holds them by hand: two headlines, five paragraphs, a local lead, a
later piece of news, paragraphs 1, 2 and 4 told in other words, and two small edits.  What an
outlet makes of a story is one of the edit operations below.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SPACED = frozenset(("en", "de", "fr", "es", "ru", "ar"))
"""Languages with blanks between words."""


@dataclass(slots=True)
class Story:
    """One story as it was written."""

    name: str
    language: str
    headlines: list[str] = field(default_factory=list)
    paragraphs: dict[int, str] = field(default_factory=dict)
    retold: dict[int, str] = field(default_factory=dict)
    lead: str = ""
    news: str = ""
    edits: list[tuple[str, str]] = field(default_factory=list)

    @property
    def text(self) -> list[str]:
        """The paragraphs as the agency sent them."""
        return [self.paragraphs[number] for number in sorted(self.paragraphs)]


@dataclass(frozen=True, slots=True)
class Desk:
    """The outlets of a language and the words on their pages."""

    agency: str
    rival: str
    outlets: tuple[str, ...]
    before: str
    after: str
    form: str
    form_headline: str
    slots: tuple[tuple[str, ...], ...]


DESKS = {
    "en": Desk(
        "Meridian", "Crossbow News", ("The Brannock Post", "Lund Gazette", "Weld Courier", "Harbour Echo", "Dunmore Star"),
        "Home | News | Sport | Weather", "Read also: ten walks for a rainy Sunday. Sign up for our morning letter.",
        "Prices at the {} fish auction on {}: cod {} crowns a kilo, haddock {}, plaice {}. Landed in all: {} tonnes. The auction opens again tomorrow at six.",
        "Fish prices in {}",
        (("Skarn", "Lorne", "Hale", "Lund"), ("Monday", "Tuesday", "Wednesday", "Thursday"), ("41", "38", "44", "39"),
         ("29", "27", "33", "31"), ("18", "22", "17", "20"), ("64", "118", "37", "92")),
    ),
    "de": Desk(
        "Nordbote", "Pressering", ("Rottaler Anzeiger", "Hochwald-Kurier", "Lüttower Zeitung", "Rebsteiner Tagblatt", "Der Moorbote"),
        "Startseite | Nachrichten | Sport | Wetter", "Lesen Sie auch: Zehn Rezepte für den Frühling. Jetzt unseren Newsletter bestellen.",
        "Pegel {} am {}: {} Zentimeter, Tendenz {}. Gemessen um {} Uhr. Schiffe dürfen mit bis zu {} Metern Tiefgang fahren. Die nächste Meldung folgt morgen früh.",
        "Wasserstand in {}",
        (("Altheim", "Karlsau", "Ostmoor", "Rottal"), ("Montag", "Dienstag", "Mittwoch", "Donnerstag"), ("312", "287", "405", "351"),
         ("steigend", "fallend", "gleichbleibend", "fallend"), ("7", "8", "6", "9"), ("2,4", "1,9", "2,8", "2,1")),
    ),
    "fr": Desk(
        "Lutèce Presse", "Agence du Midi", ("Le Courrier de Vernoy", "L'Écho de Marsac", "La Voix du Plateau", "Le Petit Mongeron", "Ouest Matin"),
        "Accueil | Actualités | Sports | Météo", "À lire aussi : dix idées pour le week-end. Inscrivez-vous à notre lettre du matin.",
        "Marché de {}, cours du {} : carottes {} centimes, poireaux {}, pommes {}. Arrivages : {} tonnes. Prochain relevé demain à midi.",
        "Les cours au marché de {}",
        (("Saulnay", "Corvey", "Valmont", "Laval"), ("lundi", "mardi", "mercredi", "jeudi"), ("84", "91", "79", "88"),
         ("112", "126", "104", "119"), ("145", "151", "139", "160"), ("47", "31", "52", "28")),
    ),
    "es": Desk(
        "Andina Cable", "Prensa Austral", ("El Heraldo de La Cuesta", "La Voz de Tres Ríos", "Diario de Arenal", "El Faro de Cabo Gris", "Noticias del Pinar"),
        "Portada | Noticias | Deportes | Tiempo", "Lea también: diez paseos para la primavera. Suscríbase a nuestro boletín.",
        "Lotería de {}, sorteo del {}: primer premio al número {}, segundo al {}, tercero al {}. Se repartieron {} pesos. El próximo sorteo se celebra mañana a las nueve.",
        "Lotería de {}",
        (("San Telmo", "Valderas", "Almera", "Ixtala"), ("lunes", "martes", "miércoles", "jueves"), ("40718", "11936", "73502", "28864"),
         ("5521", "9087", "1463", "7750"), ("612", "348", "905", "177"), ("84000", "91500", "78200", "102300")),
    ),
    "ru": Desk(
        "Северный телеграф", "Вестник агентств", ("Верхнеозёрская правда", "Заря Степного", "Голос Приозёрска", "Камский листок", "Лазовские вести"),
        "Главная | Новости | Спорт | Погода", "Читайте также: десять блюд на майские праздники. Подпишитесь на рассылку.",
        "Погода в городе {} на {}: днём {} градусов, ночью {}. Ветер {} метров в секунду, давление {} миллиметров. Следующий прогноз выйдет завтра в полдень.",
        "Погода в городе {}",
        (("Камск", "Заречье", "Белогорск", "Озёрск"), ("понедельник", "вторник", "среду", "четверг"), ("17", "12", "21", "9"),
         ("6", "3", "11", "1"), ("4", "7", "2", "9"), ("748", "739", "755", "743")),
    ),
    "ar": Desk(
        "وكالة الميناء", "أنباء الجنوب", ("صحيفة الضفة", "بريد الواحة", "صدى الساحل", "جريدة السهل", "منبر الجزيرة"),
        "الرئيسية | الأخبار | الرياضة | الطقس", "اقرأ أيضا: عشر وصفات لأيام الربيع. اشترك في رسالتنا الصباحية.",
        "أسعار العملات في {} يوم {}: الدولار {} قرشا، واليورو {}، والجنيه {}. وبلغ حجم التداول {} مليونا. تصدر النشرة التالية صباح غد.",
        "أسعار العملات في {}",
        (("بندر الساحل", "تل الورد", "مرسى الخير", "سهل القمح"), ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس"), ("312", "318", "309", "321"),
         ("341", "347", "338", "352"), ("402", "409", "398", "415"), ("27", "34", "19", "41")),
    ),
    "zh": Desk(
        "远江通讯社", "南方电讯", ("海州晚报", "梅城日报", "临山新闻", "青岭周刊", "沙埕早报"),
        "首页 | 新闻 | 体育 | 天气", "延伸阅读：十个适合周末的去处。欢迎订阅本报早间邮件。",
        "{}{}水产市场行情：带鱼每斤{}元，黄鱼{}元，对虾{}元。全天上市{}吨。下一次行情明天上午发布。",
        "{}水产行情",
        (("海州", "浮岛", "梅城", "沙埕"), ("星期一", "星期二", "星期三", "星期四"), ("23", "26", "21", "28"),
         ("47", "52", "44", "55"), ("61", "58", "66", "63"), ("142", "97", "188", "120")),
    ),
    "ja": Desk(
        "東海通信", "北陸電報", ("磯部新聞", "鳴神日報", "阿南タイムス", "京橋夕刊", "谷山通信"),
        "ホーム | ニュース | スポーツ | 天気", "あわせて読みたい：週末に歩きたい十の道。朝のメールに登録する。",
        "{}の{}の潮位は、満潮が{}センチ、干潮が{}センチ。水温は{}度、波の高さは{}メートル。次の発表は明日の朝六時。",
        "{}の潮位",
        (("白浜", "磯部", "阿南", "鳴神"), ("月曜", "火曜", "水曜", "木曜"), ("184", "171", "192", "166"),
         ("42", "51", "38", "57"), ("16", "17", "15", "18"), ("1.2", "0.8", "2.1", "1.6")),
    ),
}  # fmt: skip


def read_stories(language: str) -> Iterator[Story]:
    """The stories of `tools/eight/LANGUAGE.txt`: a line says by its first word what it is."""
    story: Story | None = None
    for line in (ROOT / "tools" / "eight" / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "@":
            if story:
                yield story
            story = Story(rest, language)
        elif story is None or not line:
            continue
        elif kind == "*":
            story.headlines.append(rest)
        elif kind == "lead":
            story.lead = rest
        elif kind == "news":
            story.news = rest
        elif kind.rstrip("~").isdigit():
            (story.retold if kind.endswith("~") else story.paragraphs)[int(kind.rstrip("~"))] = rest
        else:
            old, sign, new = line.partition(" => ")
            if not sign or sum(paragraph.count(old) for paragraph in story.text) != 1:
                raise ValueError(f"{language}/{story.name}: {old!r} must stand once in the text")
            story.edits.append((old, new))
    if story:
        yield story


def without_dateline(paragraphs: list[str]) -> list[str]:
    """The first paragraph without "PLACE, date (agency) - " or its like."""
    first = paragraphs[0]
    for end in (" - ", "電】", "电）", "通信】"):
        if 0 < (at := first.find(end)) < 60:
            return [first[at + len(end) :], *paragraphs[1:]]
    raise ValueError(f"no dateline: {first[:60]}")


def edited(story: Story, changes: int = 2) -> list[str]:
    """The paragraphs with the first so many small edits made."""
    paragraphs = story.text
    for old, new in story.edits[:changes]:
        paragraphs = [paragraph.replace(old, new) for paragraph in paragraphs]
    return paragraphs


def versions(story: Story, number: int, desk: Desk) -> Iterator[tuple[str, str, str, list[str]]]:
    """What outlets make of a story: (edit operation, outlet, headline, paragraphs)."""
    one, two = story.headlines
    outlets = desk.outlets[number % 5 :] + desk.outlets[: number % 5]
    text = story.text
    yield "wire", desk.agency, one, text
    if number % 3:
        yield "exact", outlets[0], one, text
    else:
        yield "retitled", outlets[0], two, text
    yield "edited", outlets[1], two, without_dateline(edited(story))
    if number % 2:
        yield "cut", outlets[2], one, text[:3]  # from the end
    else:
        yield "thinned", outlets[2], two, without_dateline([text[0], text[1], text[3]])  # inside
    yield "topped", outlets[3], two, [story.lead, *text]
    if number % 2:
        yield "update", desk.agency, one, [text[0], story.news, *edited(story, 1)[1:]]
    else:
        yield "framed", outlets[4], one, [desk.before, *text, desk.after]
    if number % 4 < 2:
        told = story.retold
        yield "rework", desk.rival, two, [told[1], text[2], told[2], told[4], text[4]]


WHOLE = frozenset(("wire", "exact", "retitled"))


def relation(one: str, other: str) -> str:
    """What two versions of a story are to each other; "same" where a person could call it one thing or another."""
    both = {one, other}
    if "rework" in both:
        return "shared_passage"
    if both <= WHOLE:
        return "exact"
    if both == {"wire", "update"}:
        return "revision"
    if "update" in both or both == {"topped", "framed"} or both == {"edited", "framed"}:
        return "same"
    if both & {"cut", "thinned", "topped"}:
        return "abridged"
    return "near_duplicate"


def main(data: Path = ROOT / "data") -> None:
    rows: list[dict[str, str | None]] = []
    pairs: list[tuple[str, str, str]] = []
    stories: list[tuple[str, str, str]] = []
    number = 0
    for language, desk in DESKS.items():
        for story in read_stories(language):
            made = list(versions(story, number, desk))
            day = 4 + number % 8
            name = f"{language}-{story.name}"
            for turn, (kind, outlet, headline, paragraphs) in enumerate(made):
                id = f"{name}-{kind}"
                agency = desk.rival if kind == "rework" else desk.agency
                rows.append({
                    "id": id, "outlet": outlet, "published": f"2026-05-{day:02d}T{6 + 2 * turn:02d}:{number % 60:02d}:00Z",
                    "language": language, "agency": agency, "headline": headline, "text": "\n\n".join(paragraphs),
                })  # fmt: skip
                own = kind == "rework"
                stories.append((id, id if own else name, id if own else f"{name}-wire"))
            for one, other in combinations([kind for kind, *_ in made], 2):
                pairs.append((f"{name}-{one}", f"{name}-{other}", relation(one, other)))
            number += 1
        forms = [f"{language}-form-{turn + 1}" for turn in range(4)]
        for turn, id in enumerate(forms):
            filled = [slot[turn] for slot in desk.slots]
            rows.append({
                "id": id, "outlet": desk.outlets[0], "published": f"2026-05-{4 + turn:02d}T05:00:00Z", "language": language,
                "agency": None, "headline": desk.form_headline.format(filled[0]), "text": desk.form.format(*filled),
            })  # fmt: skip
            stories.append((id, id, id))
        pairs += [(one, other, "template") for one, other in combinations(forms, 2)]

    order = {row["id"]: place for place, row in enumerate(sorted(rows, key=lambda row: (row["published"], row["id"])))}
    rows.sort(key=lambda row: order[row["id"]])
    stories.sort(key=lambda row: order[row[0]])
    pairs = sorted(([*sorted(pair[:2], key=order.__getitem__), pair[2]] for pair in pairs), key=lambda p: order[p[0]])  # type: ignore[misc]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (data / "eight.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name, header, table in (
        ("pairs", ("id_a", "id_b", "relation"), pairs),
        ("stories", ("id", "story", "original"), stories),
    ):
        text = "\n".join("\t".join(row) for row in [header, *table]) + "\n"
        (data / f"eight.{name}.tsv").write_text(text, encoding="utf-8")
    print(f"{len(rows)} articles, {number} stories, {len(pairs)} pairs")


if __name__ == "__main__":
    main()

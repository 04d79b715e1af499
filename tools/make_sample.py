"""Write `data/wire.jsonl` and its truth: a week of invented wire news, with every relation and every trap.

    python tools/make_sample.py

All texts are written for this project; places, people, firms and outlets are made up.
The edits that make a copy of a text are spelled out below, each beside its article.
"""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

ROWS: list[dict[str, str | None]] = []
STORY: dict[str, str] = {}
RELATION: dict[tuple[str, str], str] = {}
BASE = "2026-03-0"


def article(
    id: str, outlet: str, when: str, headline: str | None, text: str, *, story: str | None = None, agency: str | None = None,
    language: str = "en", url: str | None = None,
) -> str:  # fmt: skip
    """Add an article; `when` is "day hh:mm" of the week of 2 March 2026.  Returns its text."""
    day, clock = when.split()
    ROWS.append({
        "id": id, "outlet": outlet, "published": f"{BASE}{day}T{clock}:00Z", "language": language, "agency": agency,
        "headline": headline, "text": text, "url": url or f"https://{outlet.lower().replace(' ', '')}.example/{id}",
    })  # fmt: skip
    STORY[id] = story or id
    return text


def relate(relation: str, *ids: str) -> None:
    """Say what every pair of these articles is."""
    for a, b in combinations(ids, 2):
        RELATION[a, b] = relation


def paragraphs(text: str) -> list[str]:
    return text.split("\n\n")


def first(text: str, count: int) -> str:
    """The first paragraphs: how an editor cuts."""
    return "\n\n".join(paragraphs(text)[:count])


def replaced(text: str, *changes: tuple[str, str]) -> str:
    """The text with each change made once; a change that does not apply is a mistake here."""
    for old, new in changes:
        if old not in text:
            raise ValueError(f"not in the text: {old!r}")
        text = text.replace(old, new, 1)
    return text


def port_strike() -> None:
    """One wire story in nine outlets' hands, and a rival's own report that shares a statement."""
    wire = article(
        "port-1",
        "Northern Wire",
        "2 09:10",
        "Dockers at Port Halden walk out over night shifts",
        """\
PORT HALDEN, March 2 (Northern Wire) - More than 1,400 dockers walked out of Port Halden on Monday after talks on night shifts broke down, halting cranes at three of the five terminals and leaving eleven ships waiting in the roads.

The dockers' union said members had voted by 71 percent for an open-ended strike. It wants a ceiling of six night shifts a month, down from nine, and a second crew on the oldest gantry cranes, two of which were stopped by inspectors in January.

"Nobody here wants to stop the port, but nobody here wants to carry another colleague down from a crane at four in the morning either," union secretary Maren Oste told a crowd at Gate 3.

The port company said it had offered seven night shifts and called the walkout premature. Chief executive Pal Verhagen said perishable cargo would be moved first if a minimum crew was agreed.

Halden handles about a third of the country's container traffic. A strike in 2019 lasted eight days and cost exporters an estimated 240 million crowns, according to the chamber of commerce.

Traders said fruit importers had begun to divert ships to Lund and Sankt Olav, where berths are free until Thursday.""",
        story="port",
        agency="Northern Wire",
    )
    article(
        "port-2",
        "Harbour Times",
        "2 10:02",
        "Dockers at Port Halden walk out over night shifts",
        wire,
        story="port",
        agency="Northern Wire",
    )
    article(
        "port-3",
        "Valley Courier",
        "2 11:30",
        "Strike shuts three terminals at Halden",
        wire,
        story="port",
        agency="Northern Wire",
    )
    article(
        "port-4",
        "Daily Ledger",
        "2 10:45",
        "Halden dockers on strike: eleven ships wait",
        replaced(
            wire,
            ("PORT HALDEN, March 2 (Northern Wire) - ", ""),
            ("walked out of Port Halden on Monday", "walked off the job at Port Halden on Monday"),
            ("an estimated 240 million crowns", "some 240 million crowns"),
            ("Traders said fruit importers", "Fruit importers, traders said,"),
        ),
        story="port",
        agency="Northern Wire",
    )
    article(
        "port-5",
        "City Post",
        "2 12:20",
        "Port Halden stands still",
        first(wire, 3),
        story="port",
        agency="Northern Wire",
    )
    article(
        "port-6",
        "Evening Star",
        "2 17:05",
        "Local hauliers stuck as Halden dockers strike",
        'Hauliers from the Star\'s own region were among the first to feel the dispute on the coast. At the Brandt depot outside Ostby, twenty-two lorries stood loaded with furniture on Monday afternoon and had nowhere to go. "We were told to wait until six, then until tomorrow," said dispatcher Jonna Brandt.\n\n'
        + wire,
        story="port",
        agency="Northern Wire",
    )
    article(
        "port-7",
        "Morning Globe",
        "3 05:40",
        "Cranes idle at Halden as dockers strike",
        "\n\n".join([paragraphs(wire)[0], paragraphs(wire)[1], paragraphs(wire)[3], paragraphs(wire)[5]]),
        story="port",
        agency="Northern Wire",
    )
    article(
        "port-8",
        "Harbour Times",
        "2 10:31",
        "Dockers at Port Halden walk out over night shifts",
        wire,
        story="port",
        agency="Northern Wire",
        url="https://harbourtimes.example/port-2?utm_source=feed",
    )
    rival = article(
        "port-9",
        "Agence Delta",
        "2 09:55",
        "Halden: la grève arrives by night, dockers say enough",
        """\
PORT HALDEN, March 2 (Agence Delta) - The yellow gantries of Port Halden stood against a grey sky without moving on Monday, and for once the gulls were louder than the terminal.

It was the end of five weeks of talks that officials close to the mediator described as friendly in tone and hopeless in substance. The sticking point, they said, was never money.

"Nobody here wants to stop the port, but nobody here wants to carry another colleague down from a crane at four in the morning either," union secretary Maren Oste told a crowd at Gate 3.

Behind her, apprentices handed out soup. One of them, aged nineteen, said he had worked eleven nights in February and had fallen asleep in a lift.

The employment ministry said it would not intervene before Wednesday. Economists at Halden University expect the first empty shelves, if any, in the capital's fish counters.""",
        agency="Agence Delta",
    )
    merged = article(
        "port-10",
        "Lakeside Record",
        "2 19:15",
        "Strike at the port: what we know",
        "\n\n".join(
            [
                paragraphs(wire)[0],
                paragraphs(rival)[0],
                paragraphs(rival)[1],
                paragraphs(wire)[3],
                paragraphs(rival)[3],
                "The Record has asked readers who wait for deliveries to write in. By seven in the evening forty had done so, most of them gardeners waiting for peat, seed potatoes and, in one case, two llamas.",
            ]
        ),
        agency="Northern Wire",
    )
    assert merged
    copies = ["port-1", "port-2", "port-3", "port-8"]
    relate("exact", *copies)
    for other in ("port-4",):
        for one in copies:
            RELATION[one, other] = "near_duplicate"
    for other in ("port-5", "port-6", "port-7"):
        for one in [*copies, "port-4"]:
            RELATION[one, other] = "abridged"
    RELATION["port-5", "port-6"] = RELATION["port-6", "port-7"] = "abridged"
    RELATION["port-5", "port-7"] = "near_duplicate"  # two cuts of one text
    for one in [*copies, "port-5", "port-6", "port-7", "port-9"]:
        RELATION[one, "port-10"] = "shared_passage"


def rate_decision() -> None:
    """A flash, the full story, three updates of it, and a corrected figure within the hour."""
    flash = "The central bank of Norvik cut its key rate to 3.25 percent from 3.50 percent on Thursday."
    article(
        "rate-1",
        "Northern Wire",
        "5 11:00",
        "BREAKING: Norvik central bank cuts key rate to 3.25 percent",
        flash,
        story="rate",
        agency="Northern Wire",
    )
    full = article(
        "rate-2",
        "Northern Wire",
        "5 11:09",
        "Norvik central bank cuts key rate to 3.25 percent",
        flash
        + """ It was the first cut in fourteen months and was expected by nine of fifteen economists polled by Northern Wire.

The bank said inflation had slowed to 2.4 percent in January and that wage settlements pointed to a further easing by the summer. Two of the seven board members voted to wait until May.

"The direction is clear, the pace is not," Governor Elin Tangen told reporters. "We will move when the numbers tell us to, and not because a calendar does."

The crown fell 0.6 percent to 11.82 against the euro, its weakest in three weeks. Two-year bond yields dropped by nine basis points to 2.97 percent.""",
        story="rate",
        agency="Northern Wire",
    )
    one = article(
        "rate-3",
        "Northern Wire",
        "5 11:48",
        "UPDATE 1-Norvik central bank cuts key rate to 3.25 percent",
        full
        + "\n\nAnalysts at Osterbank said a second cut in June was now likelier than not. Housing lenders were quick to react: two of the three largest lowered their floating rates by a fifth of a point before noon.",
        story="rate",
        agency="Northern Wire",
    )
    two = article(
        "rate-4",
        "Northern Wire",
        "5 13:30",
        "UPDATE 2-Norvik central bank cuts key rate to 3.25 percent",
        one
        + "\n\nFinance Minister Aksel Rud welcomed the decision and said the budget would stay within its limits. The opposition called the cut late and asked why fuel prices had not been mentioned in the statement.",
        story="rate",
        agency="Northern Wire",
    )
    article(
        "rate-5",
        "Northern Wire",
        "5 13:58",
        "CORRECTED-UPDATE 2-Norvik central bank cuts key rate to 3.25 percent",
        replaced(two, ("2.97 percent", "2.79 percent")),
        story="rate",
        agency="Northern Wire",
    )
    article(
        "rate-6",
        "Daily Ledger",
        "5 14:20",
        "Cheaper money: Norvik cuts its rate",
        two,
        story="rate",
        agency="Northern Wire",
    )
    relate("revision", "rate-1", "rate-2", "rate-3", "rate-4", "rate-5")
    # The Ledger carries the second update word for word: to the others it is what that update is.
    for other in ("rate-1", "rate-2", "rate-3", "rate-5"):
        RELATION[other, "rate-6"] = "revision"
    RELATION["rate-4", "rate-6"] = "exact"


def forms() -> None:
    """Earnings, weather, prices and scores: the same words, other facts."""
    firms = [
        ("halvorsen", "Halvorsen Shipping ASA", "1.42 crowns", "1.18 crowns", "311 million", "264 million", "2.9 billion", "2.7 billion", "4 09:00"),
        ("meridian", "Meridian Foods NV", "0.87 euros", "0.91 euros", "128 million", "133 million", "1.4 billion", "1.5 billion", "4 09:20"),
        ("castellan", "Castellan Insurance SE", "3.05 euros", "2.60 euros", "702 million", "611 million", "8.8 billion", "8.1 billion", "4 10:05"),
        ("brightwater", "Brightwater Utilities plc", "22.4 pence", "19.7 pence", "96 million", "85 million", "640 million", "588 million", "4 10:10"),
        ("orsova", "Orsova Cement SA", "5.15 lei", "6.80 lei", "41 million", "57 million", "512 million", "566 million", "5 08:45"),
        ("tamarind", "Tamarind Hotels Ltd", "0.33 dollars", "0.12 dollars", "58 million", "20 million", "377 million", "298 million", "5 09:15"),
    ]  # fmt: skip
    ids = []
    for key, name, now, before, profit, profit_before, sales, sales_before, when in firms:
        ids.append(f"earn-{key}")
        article(
            ids[-1],
            "Northern Wire",
            when,
            f"{name} fourth-quarter results",
            f"{name} reported earnings per share of {now} for the fourth quarter, compared with {before} a year earlier. Net profit came to {profit} and sales to {sales}, against {profit_before} and {sales_before} in the same period of the previous year. The board will propose its dividend at the annual meeting. The figures are not audited.",
            agency="Northern Wire",
        )
    relate("template", *ids)
    skies = [
        ("mon", "2 05:00", "light rain in the morning, clearing from the west", "9", "3", "fresh, 6 to 9"), ("tue", "3 05:00", "sunny spells and a passing shower", "11", "4", "moderate, 4 to 6"),
        ("wed", "4 05:00", "overcast with drizzle along the coast", "8", "5", "weak, 2 to 3"), ("thu", "5 05:00", "snow above 400 metres, sleet below", "2", "-3", "strong, 11 to 14"),
    ]  # fmt: skip
    ids = []
    for key, when, sky, high, low, wind in skies:
        ids.append(f"weather-{key}")
        article(
            ids[-1],
            "Evening Star",
            when,
            "Weather for Ostby and the lakes",
            f"Today's forecast for Ostby and the lakes: {sky}. Highest temperature {high} degrees, lowest tonight {low} degrees. Wind {wind} metres a second. The outlook for the next days is issued at noon by the regional office. Road users are asked to mind the warnings for bridges.",
        )
    relate("template", *ids)
    ids = []
    for key, when, a, b, c, d in [
        ("10", "3 10:00", "612.5", "488.0", "1,204", "77.30"),
        ("11", "3 11:00", "614.0", "486.5", "1,199", "77.85"),
        ("12", "3 12:00", "613.5", "485.0", "1,207", "78.10"),
    ]:
        ids.append(f"prices-{key}")
        article(
            ids[-1],
            "Northern Wire",
            when,
            "Lund commodity prices",
            f"Lund commodity prices, spot, in crowns a tonne unless stated: milling wheat {a}, feed barley {b}, rapeseed {c}, crude oil {d} a barrel. Prices are indications only and are not offers. Next table in one hour.",
            agency="Northern Wire",
        )
    relate("template", *ids)
    ids = []
    for key, when, home, away, score, half, crowd in [
        ("a", "7 18:00", "FC Ostby", "Lund United", "2-1", "1-0", "4,310"),
        ("b", "7 18:05", "Halden BK", "Sankt Olav", "0-0", "0-0", "7,862"),
        ("c", "7 18:10", "Norvik 08", "Brenn IL", "3-3", "1-2", "2,975"),
    ]:
        ids.append(f"score-{key}")
        article(
            ids[-1],
            "City Post",
            when,
            f"{home} - {away} {score}",
            f"{home} and {away} met on Saturday in round 19 of the first division. Final score {score}, half-time {half}. Attendance {crowd}. The next round is played on Wednesday; all kick-offs at 19:00.",
        )
    relate("template", *ids)


def reserves() -> None:
    """One bank's notice of two days: same words, same headline, other day."""
    for key, when, sum_ in [("tue", "3 14:45", "1.5 billion"), ("fri", "6 14:45", "2.0 billion")]:
        article(
            f"reserves-{key}",
            "Northern Wire",
            when,
            "Norvik bank adds reserves",
            f"The central bank of Norvik entered the money market to add {sum_} crowns of temporary reserves through overnight repurchase agreements, dealers said. Overnight money traded at 3.30 percent at the time.",
            agency="Northern Wire",
        )
    relate("template", "reserves-tue", "reserves-fri")


def columns() -> None:
    """A column with one headline every day, and two unlike stories under one headline."""
    letters = [
        ("2 06:00", "The benches in the botanical garden have been painted again, and again in the green that rubs off on light trousers. I counted four victims between eleven and noon. Would it be too much to hang up a sign? My late husband, who worked for the parks office, used to carry chalk for exactly this purpose."),
        ("3 06:00", "Your report on the new timetable overlooks those of us who change at Brenn. The connection that used to take six minutes now takes six minutes less than an hour. I have taken up knitting. So far this has produced one sleeve, and if nothing changes before Easter the council shall have the other."),
        ("4 06:00", "May I add a word to the debate on school lunches? In my time there was one dish, and on Fridays there was fish, and nobody photographed either. I do not say that it was better. I say only that the queue was shorter, and that we had time left over for a game of marbles in the yard."),
        ("6 06:00", "As an organist I welcome the restoration of the instrument in St Anna, but why must the rededication fall on the evening of the cup final? Half the choir will be in the stadium, the other half will be listening for the roar. I suggest we open with something loud and end before the second half."),
    ]  # fmt: skip
    ids = []
    for number, (when, text) in enumerate(letters, 1):
        ids.append(f"letters-{number}")
        article(ids[-1], "Morning Globe", when, "Letters to the editor", text)
    relate("headline", *ids)
    article(
        "plan-1",
        "Valley Courier",
        "3 20:10",
        "Council backs new plan after long debate",
        "Brenn's councillors agreed late on Tuesday to close the old bathing place and to open a heated one beside the mill, at a cost of nineteen million crowns. The vote was 17 to 14. Swimmers who have crossed the lake every New Year's Day since 1951 said they would go on doing so, heated or not.",
    )
    article(
        "plan-2",
        "Lakeside Record",
        "5 21:30",
        "Council backs new plan after long debate",
        "There will be no second tram line in Ostby, but there will be ninety new buses. That is what remains of the transport programme after a sitting of seven hours in which the mayor twice left the hall. Electric models are to be bought in lots of thirty; the depot in the south needs a new roof first.",
    )
    relate("headline", "plan-1", "plan-2")
    article(
        "bridge-1",
        "City Post",
        "4 07:30",
        "Ostby bridge to close for six weeks for repairs",
        "Drivers in Ostby must find another way across the river from Monday. Engineers found cracks in two bearings of the middle pier during an inspection in the autumn, and the city decided against waiting for summer. Cyclists and pedestrians can still cross on the downstream side.",
    )
    article(
        "bridge-2",
        "Evening Star",
        "4 15:45",
        "Ostby bridge closes for six weeks for repairs",
        '"Leave at six or leave the car," is the advice of Ostby\'s traffic office to commuters from the eastern suburbs. The bearings of the river crossing date from 1964 and will be lifted out one at a time. The last bus over the river tonight leaves at 23:40; after that a ferry runs until one.',
    )
    relate("headline", "bridge-1", "bridge-2")


def dam() -> None:
    """Two articles of different news that end in one paragraph of background."""
    background = "The Kaldal dam, planned since 1998, would flood eleven square kilometres of the upper valley and supply power to some 90,000 homes. The environment court stopped the works in 2011 and again in 2017; an appeal by the operator, Kaldal Kraft, is pending before the high court, which is not expected to rule before the autumn."
    article(
        "dam-1",
        "Valley Courier",
        "2 13:00",
        "Upper valley farmers sell their last herd",
        "Sixty-one cows went under the hammer at Kaldal on Monday, and with them the last dairy farm above the gorge. Siv and Torgeir Moen have milked here for thirty-four years; their daughter studies medicine in Lund and will not come back for cows. Buyers had come from four counties. The best animal, a seven-year-old named Duchess, fetched 28,000 crowns and a round of applause.\n\n"
        + background,
    )
    article(
        "dam-2",
        "Daily Ledger",
        "6 16:20",
        "Kaldal Kraft names former minister as chair",
        "The power company Kaldal Kraft has appointed Inger Solberg-Lie, who ran the transport ministry until 2022, to lead its board. She succeeds Georg Wahl, who retires at 70. Shareholders holding two thirds of the votes had signalled their consent; a fund from Meridia abstained. Solberg-Lie said her first visit would be to the valley and not to the stock exchange.\n\n"
        + background,
    )
    relate("boilerplate", "dam-1", "dam-2")


def hoax() -> None:
    """A hoax, the article that takes it apart and quotes it, a digest around a brief, and one letter quoted twice."""
    claim = 'Residents of Sankt Olav have been told to store water for ten days because the reservoir was found to contain a mineral that turns blue when boiled, the water board is said to have admitted in a confidential circular. "Do not boil, do not bathe, do not tell your neighbours," the circular reads. A nurse who wished to remain unnamed counted fourteen blue kettles in one street alone.'
    article(
        "hoax-1",
        "Olav Insider",
        "3 22:15",
        "Secret circular: Sankt Olav water turns blue",
        claim
        + " Shops in the old town had sold out of bottled water by nightfall, and the mayor could not be reached.",
    )
    article(
        "hoax-2",
        "Morning Globe",
        "4 14:00",
        "No, the water in Sankt Olav does not turn blue",
        "A message about blue water has been shared more than eleven thousand times since Tuesday night. It is invented from the first word to the last, as the water board, the hospital and the university's chemistry department all told the Globe within an hour on Wednesday.\n\nThis is what the message says: \""
        + claim.replace('"', "'")
        + '"\n\nThere is no such circular. The board\'s last letter to households, dated 11 February, concerns meters. The nurse does not exist, or at any rate does not work at the only hospital. And the site that first published the text, registered in January, has also announced a tax on garden gnomes and the return of the steam tram.\n\nWhat does turn water blue is copper, at concentrations that a tongue would notice long before an eye. "You would spit it out," said chemist Runa Falk, who tested samples from nine taps and found them dull.\n\nThe police have opened an inquiry into the site\'s owner, who answered our questions with a picture of a kettle.',
    )
    relate("shared_passage", "hoax-1", "hoax-2")
    brief = article(
        "brief-1",
        "Northern Wire",
        "6 08:10",
        "Ferry runs aground off Lund, no one hurt",
        "A ferry with 84 people on board ran aground in fog off Lund early on Friday. Nobody was hurt. Tugs pulled the vessel free at high water and it reached the harbour under its own power at half past seven, the coast guard said.",
        agency="Northern Wire",
    )
    article(
        "digest-1",
        "Lakeside Record",
        "6 18:00",
        "The day in short",
        "The Record's evening round-up for readers in a hurry.\n\nThe library in Ostby will open on Sundays from April, for a trial of six months. Volunteers run the desk, and late fees are abolished for children under twelve.\n\n"
        + brief
        + "\n\nPrices for potted primroses have doubled since last spring because of a cold February in the growing districts, the gardeners' association reports.\n\nThe county museum has bought the diary of a lighthouse keeper who noted every passing ship between 1871 and 1894, and nothing else. It goes on show in May, together with his telescope and a waistcoat.\n\nA swan that had settled on the ring road was carried to the lake by two policemen. It was back within the hour and has since been left where it is.",
    )
    relate("shared_passage", "brief-1", "digest-1")
    letter = '"We, the undersigned, have taught in this school for between four and thirty-one years. We have taught in containers, in the gymnasium and, last November, in coats. We do not ask for marble. We ask for windows that close, for a roof that does not need buckets, and for an answer to the eleven letters that we have sent since August. Until we have one, we shall teach in front of the town hall, every morning from eight, whatever the weather, and everybody is welcome to learn."'
    article(
        "letter-1",
        "City Post",
        "4 17:10",
        "Teachers of Brenn school move lessons to the square",
        "The first lesson was geometry, and the pigeons attended. Thirty-eight teachers of the Brenn middle school have carried out what they had announced and set up blackboards before the town hall on Wednesday. In a letter to the mayor they wrote: "
        + letter
        + "\n\nBy noon the square held nine classes. The mayor watched from a window on the second floor, which, a pupil remarked, closed perfectly.",
    )
    article(
        "letter-2",
        "Agence Delta",
        "4 18:40",
        "A school without windows writes to its town",
        "How do you argue with a bucket? For three winters the authority responsible for schools in Brenn has answered complaints by pointing to a renovation fund that turned out to be empty. Now the staff's patience is over. Their open letter, which has been read aloud on the radio, says: "
        + letter
        + "\n\nLawyers disagree whether teaching in a public square needs a permit. The education ministry said on Wednesday that it would send an inspector, and a glazier.",
        agency="Agence Delta",
    )
    relate("shared_passage", "letter-1", "letter-2")


def german() -> None:
    """A flood story in four German papers."""
    wire = article(
        "flut-1",
        "Nordagentur",
        "3 06:30",
        "Hochwasser an der Elde: Deich bei Grabow hält vorerst",
        """\
GRABOW (Nordagentur) - Der aufgeweichte Deich an der Elde hat in der Nacht zum Dienstag gehalten. Rund 300 Helfer verbauten nach Angaben des Landkreises 42.000 Sandsäcke, der Pegel blieb mit 4,86 Metern knapp unter der Marke von 1994.

Am Abend hatte der Krisenstab die Räumung der Unterstadt vorbereitet. 1.150 Menschen wurden gebeten, das Nötigste zu packen. \"Wir haben lieber einmal zu früh geklingelt als einmal zu spät\", sagte Landrätin Birte Kolbow.

Der Scheitel der Welle wird für Mittwochmittag erwartet. Meteorologen rechnen mit höchstens fünf Litern Regen je Quadratmeter. Der Zugverkehr zwischen Ludwigsau und Grabow bleibt bis auf Weiteres unterbrochen, die Bundesstraße ist für Lastwagen gesperrt.

Tiere aus dem Wildpark wurden in eine Reithalle gebracht. Ein Waschbär fehlt.""",
        story="flut",
        agency="Nordagentur",
        language="de",
    )
    article(
        "flut-2",
        "Kreisblatt",
        "3 07:15",
        "Hochwasser an der Elde: Deich bei Grabow hält vorerst",
        wire,
        story="flut",
        agency="Nordagentur",
        language="de",
    )
    article(
        "flut-3",
        "Stadtanzeiger",
        "3 09:40",
        "Deich hält - Tausend Menschen auf gepackten Koffern",
        first(replaced(wire, ("GRABOW (Nordagentur) - ", "")), 3),
        story="flut",
        agency="Nordagentur",
        language="de",
    )
    article(
        "flut-4",
        "Tagblatt",
        "3 13:20",
        "Eine Nacht am Deich: Bericht aus Grabow",
        "Um drei Uhr früh riecht die Unterstadt nach nassem Jutesack und Erbsensuppe. Auf der Mauer vor der Bäckerei sitzen zwei Feuerwehrleute und schlafen im Sitzen.\n\n"
        + wire,
        story="flut",
        agency="Nordagentur",
        language="de",
    )
    relate("exact", "flut-1", "flut-2")
    for one in ("flut-1", "flut-2"):
        RELATION[one, "flut-3"] = "near_duplicate"
        RELATION[one, "flut-4"] = "abridged"
    RELATION["flut-3", "flut-4"] = "abridged"
    article(
        "rathaus-1",
        "Stadtanzeiger",
        "5 10:00",
        "Rathaus bekommt Aufzug",
        "Nach elf Jahren Planung wird das Rathaus in Ludwigsau barrierefrei. Der Anbau aus Glas und Lärche kostet 2,3 Millionen und soll im Herbst fertig sein. Bis dahin tagt der Sozialausschuss im Erdgeschoss der Sparkasse.",
        language="de",
    )
    article(
        "rathaus-2",
        "Tagblatt",
        "6 10:30",
        "Marktfrauen dürfen bleiben",
        "Der Wochenmarkt auf dem Pferdemarkt zieht nun doch nicht um. Mit einer Stimme Mehrheit kippte der Ortsbeirat seinen eigenen Beschluss vom Januar. Gärtnerin Hanne Thoms verteilte danach Radieschen an alle Fraktionen, auch an die, die dagegen war.",
        language="de",
    )


def russian() -> None:
    """A metro opening in four Russian outlets, with paraphrased headlines."""
    wire = article(
        "metro-1",
        "Агентство Север",
        "6 12:00",
        "В Заречье открыли три станции метро",
        """\
ЗАРЕЧЬЕ, 6 марта (Агентство Север) - Три новые станции метро открылись в пятницу в Заречье. Участок длиной 5,4 километра соединил вокзал с университетским городком, дорога занимает девять минут вместо сорока.

Строительство шло шесть лет и обошлось городу в 31 миллиард рублей. Проходчики дважды останавливали работы: сначала из-за плывуна под рекой, потом из-за находки старинного колодца, который теперь можно увидеть за стеклом на станции \"Мельничная\".

\"Мы обещали людям метро к зиме и опоздали на пять дней, прошу прощения у первых пассажиров за эти пять дней\", - сказала на открытии мэр Вера Озерова.

В первый час поездом воспользовались около четырёх тысяч человек. До воскресенья проезд на новом участке бесплатный, автобусные маршруты 14 и 27 изменят в апреле.""",
        story="metro",
        agency="Агентство Север",
        language="ru",
    )
    article(
        "metro-2",
        "Вестник Заречья",
        "6 12:40",
        "Три станции метро открыты в Заречье",
        wire,
        story="metro",
        agency="Агентство Север",
        language="ru",
    )
    article(
        "metro-3",
        "Новости порта",
        "6 13:25",
        "Метро пришло к студентам: в Заречье новый участок",
        replaced(
            wire,
            ("ЗАРЕЧЬЕ, 6 марта (Агентство Север) - ", ""),
            ("открылись в пятницу в Заречье", "заработали в Заречье 6 марта"),
            ("обошлось городу", "стоило городу"),
            ("около четырёх тысяч человек", "почти четыре тысячи пассажиров"),
        ),
        story="metro",
        agency="Агентство Север",
        language="ru",
    )
    article(
        "metro-4",
        "Утро",
        "6 15:10",
        "От вокзала до университета за девять минут",
        first(wire, 2),
        story="metro",
        agency="Агентство Север",
        language="ru",
    )
    relate("exact", "metro-1", "metro-2")
    for one in ("metro-1", "metro-2"):
        RELATION[one, "metro-3"] = "near_duplicate"
        RELATION[one, "metro-4"] = "abridged"
    RELATION["metro-3", "metro-4"] = "abridged"
    article(
        "kot-1",
        "Вестник Заречья",
        "4 09:00",
        "Библиотечный кот получил читательский билет",
        "Рыжий кот Формуляр, который третий год живёт в читальном зале областной библиотеки, стал её официальным посетителем. Билет номер 40 000 ему вручили в среду. За это время кот ни разу не нарушил тишину, если не считать случая с аквариумом.",
        language="ru",
    )
    article(
        "most-1",
        "Утро",
        "5 11:20",
        "Паром через залив снова ходит по расписанию",
        'После ремонта двух дизелей паром "Чайка" вернулся на линию между Портовым и островом Малый. Первым рейсом перевезли сорок легковых машин, школьный автобус и рояль для музыкальной школы. Билеты не подорожали.',
        language="ru",
    )


def singles() -> None:
    """Articles that are nothing to each other."""
    article(
        "solo-1",
        "Daily Ledger",
        "3 08:00",
        "Glove factory hires again",
        "After three years of short time the glove factory in Lund is looking for forty sewers. Orders from fire brigades abroad have doubled, says manager Ditte Ravn, and the new model, which has six fingers of lining and five of leather, is already copied in two countries.",
    )
    article(
        "solo-2",
        "Harbour Times",
        "4 16:30",
        "Lightship to become a school",
        "The lightship that has lain at Quay 9 since its engine failed in 2003 will be towed to the yard next month and fitted out with four classrooms. Future deckhands are to learn knots, radio and cooking on board. The foghorn stays, by popular demand, but may be sounded only at noon.",
    )
    article(
        "solo-3",
        "Morning Globe",
        "5 07:00",
        "Astronomers name asteroid after baker",
        "Between Mars and Jupiter there now flies a rock called Lindqvist, after the woman who has sold cinnamon buns to the night shift of the Brenn observatory for twenty-six years. It measures three kilometres across and is, as its discoverer points out, roughly the right shape.",
    )
    article(
        "solo-4",
        "Agence Delta",
        "6 09:45",
        "Meridia lifts ban on left-handed scissors in schools",
        "An error in a safety decree had kept left-handed scissors out of Meridia's classrooms for eight months. The ministry admitted the mistake on Friday after a pupil of nine wrote to ask whether her hand was against the law. Her letter has been framed.",
        agency="Agence Delta",
    )
    article(
        "solo-5",
        "Evening Star",
        "7 12:00",
        "Amateur choir breaks record for longest canon",
        "They began on Friday evening and stopped because the sexton needed the church. Twenty hours and eleven minutes of an unbroken round, sung by two hundred people in shifts, are enough for the record book, says conductor Piet Ames, whose own voice gave out around breakfast.",
    )
    article(
        "solo-6",
        "City Post",
        "2 08:30",
        None,
        "Correction: In Saturday's edition we gave the height of the new television mast as 31 metres. It is 310 metres. We thank the four hundred readers who looked up.",
    )
    article("solo-7", "Valley Courier", "7 09:10", "Honey harvest worst since records began", "", language="en")


def main() -> None:
    for write in (port_strike, rate_decision, forms, reserves, columns, dam, hoax, german, russian, singles):
        write()
    folder = Path(__file__).parent.parent / "data"
    with (folder / "wire.jsonl").open("w", encoding="utf-8") as out:
        for row in sorted(ROWS, key=lambda row: str(row["published"])):
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    known = [row["id"] for row in sorted(ROWS, key=lambda row: str(row["published"]))]
    originals = {"port": "port-1", "rate": "rate-1", "flut": "flut-1", "metro": "metro-1"}
    with (folder / "wire.stories.tsv").open("w", encoding="utf-8") as out:
        out.write("id\tstory\toriginal\n")
        for id in known:
            story = STORY[str(id)]
            out.write(f"{id}\t{story}\t{originals.get(story, story)}\n")
    order = {id: place for place, id in enumerate(known)}
    with (folder / "wire.pairs.tsv").open("w", encoding="utf-8") as out:
        out.write("id_a\tid_b\trelation\n")
        rows = [(*sorted(pair, key=order.__getitem__), relation) for pair, relation in RELATION.items()]
        for a, b, relation in sorted(rows, key=lambda row: (order[row[0]], order[row[1]])):
            out.write(f"{a}\t{b}\t{relation}\n")


if __name__ == "__main__":
    main()

"""What is said in the demo, by whom and where: our own words, in the languages of the people who say them."""

from __future__ import annotations

from typing import NamedTuple

EVENT, SLUG = "Votes and Voices", "votes"
SESSIONS = ("Counting in the open", "The night before the vote", "Small languages, big ballots")
HALL = SESSIONS[0]
GUIDELINES = """\
One person speaks at a time; the chat is for everyone.
Speak about ideas and institutions, not about the people who are here.
What somebody tells about themself stays in this room.
If something feels wrong, press Flag beneath it or Report above. You need no proof."""

ANA = ("Ana Ferreira", "ana@beiramar.example")
KARIM = ("Karim Haddad", "karim.haddad@gmail.com")
UNKIND = "Ana, nobody asked you. Go home while you still can, or somebody will help you leave."
REPORT = "Thank you for the captions this morning. Could the small rooms have them too?"
ANSWER = "Yes, from the next session on. Thank you for asking."

BYSTANDERS = {
    "Tomas": "Tomas Vega",
    "Lin": "Lin Mei",
    "Salma": "سلمى المصري",
    "Awa": "Awa Diallo",
    "Jonas": "Jonas Berg",
    "Priya": "Priya Nair",
    "Mateo": "Mateo Rojas",
    "Ife": "Ifeoma Okafor",
    "Nino": "Nino K.",
    "Claire": "Claire D.",
    "Dao": "Đào Thị",
    "Omar": "عمر",
}


class Line(NamedTuple):
    """One thing that a bystander says in a session."""

    session: str
    who: str
    text: str


_TALK = {
    SESSIONS[0]: """
Tomas: Good morning from Valparaíso. The stream is clear here.
Lin: Same here. Who is taking notes today?
Awa: Moi, et je les partage ce soir en français et en anglais.
Jonas: We let anyone watch the count through a window. It cost us one pane of glass.
Priya: And the numbers leave the room signed by every party agent?
Jonas: Signed, photographed, and pinned to the door.
Salma: عندنا تُعلَّق المحاضر على باب كل مركز، والناس تصوّرها بهواتفها.
Mateo: Eso mismo hicimos en 2019. La foto vale más que mil comunicados.
Claire: Does a photo ever contradict the official sheet?
Tomas: Twice in 4,000. Both were honest slips of the pen.
Ife: Twice is a good number. Zero would worry me.
Lin: Ha. I will borrow that sentence.
Nino: How do you count when the power goes?
Ife: Torches, and two people reading aloud. It is slower and nobody complains.
Dao: We use a tally board that the back row can read.
Awa: Une question : qui garde les procès-verbaux après six mois ?
Priya: The court does, and the parties keep carbon copies.
Omar: والنسخة الرقمية؟ من يستطيع أن يغيّرها؟
Jonas: Nobody alone. Two offices hold the keys.
Claire: That is the part our council never understood.
Mateo: Dos personas, dos llaves. Simple y lento, como debe ser.
Tomas: Could somebody post the picture of the tally board again?
Dao: Uploading it to the shared folder now.
Salma: شكرًا، هذا مفيد جدًا لمراقبينا.
Lin: What did training cost per observer?
Priya: Half a day and a lunch. The lunch matters.
Nino: Agreed about the lunch.
Ife: Next time I would train in pairs from the start.
Claire: Our trainer is in this room and is nodding.
Jonas: She is. She also says: write the date on every page.
""",
    SESSIONS[1]: """
Ife: The night before, we ring every presiding officer once.
Mateo: ¿A todos? ¿Cuántas personas llaman?
Ife: Thirty callers, forty stations each. Done by nine.
Dao: We send one text message and ask for one word back.
Awa: Et si personne ne répond ?
Dao: Then somebody knocks on the door.
Nino: What goes wrong most often?
Priya: Keys. It is always the keys to the school.
Omar: وعندنا الأمطار. نحتاج خطة بديلة لكل قرية.
Lin: Spare stations on high ground, printed on the back of the card.
Tomas: That is clever and cheap.
Claire: Like everything that works.
""",
    SESSIONS[2]: """
Nino: Our ballot paper speaks three languages and fits on one sheet.
Salma: كيف تختبرون أن الناس يفهمون الرموز؟
Nino: We ask ten people at a bus stop to explain it to us.
Claire: Ten is enough?
Nino: After six they all say the same.
Awa: Chez nous, on lit le bulletin à la radio, lentement, chaque soir.
Tomas: Radio still beats everything in the hills.
Dao: And the person on the radio should be from the hills.
Omar: نعم، اللهجة مهمة بقدر اللغة.
Jonas: Who pays for translation: the commission or the parties?
Mateo: La comisión. Si pagan los partidos, cada uno traduce lo suyo.
""",
}


SAID_BEFORE = 14
"""Lines that were said before the newcomer walks in."""


def lines() -> list[Line]:
    """Everything that is said, each session's talk in its order, the sessions woven into one another."""
    said = {session: _read(session, talk) for session, talk in _TALK.items()}
    woven = [
        ((place + 0.5) / len(talk), order, line)
        for order, talk in enumerate(said.values())
        for place, line in enumerate(talk)
    ]
    return [line for _, _, line in sorted(woven, key=lambda each: each[:2])]


def _read(session: str, talk: str) -> list[Line]:
    pairs = (line.split(": ", 1) for line in talk.strip().splitlines())
    return [Line(session, who, text) for who, text in pairs]

"""What people call the columns, in the languages that our issuers work in."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from badges.models import Column
from badges.models.batch import plain_heading

# In the file of held rows that we give out ourselves.
REASON = "reason"

# Compared without case, spaces and punctuation.
_CALLED = {
    Column.NAME: (
        *("name", "full name", "recipient name", "recipient", "holder", "earner", "display name", "person", "student"),
        *("participant", "learner", "attendee", "naam", "volledige naam", "nom complet", "nom et prénom", "nome"),
        *("vollständiger name", "teilnehmer", "nombre completo", "nombre y apellidos", "nome completo", "nominativo"),
        *("imię i nazwisko", "fullständigt namn", "namn", "navn", "fulde navn", "koko nimi", "nimi", "celé jméno"),
        *(
            "ονοματεπώνυμο",
            "имя и фамилия",
            "фио",
            "ad soyad",
            "姓名",
            "氏名",
            "名前",
            "이름",
            "성명",
            "الاسم",
            "שם מלא",
        ),
    ),
    Column.GIVEN_NAME: (
        *(
            "first name",
            "given name",
            "forename",
            "firstname",
            "voornaam",
            "prénom",
            "vorname",
            "nombre",
            "nome próprio",
        ),
        *("imię", "förnamn", "fornavn", "etunimi", "jméno", "όνομα", "имя", "ad", "名", "الاسم الأول", "שם פרטי"),
    ),
    Column.FAMILY_NAME: (
        *("last name", "family name", "surname", "lastname", "achternaam", "familienaam", "nom", "nom de famille"),
        *("nachname", "familienname", "apellido", "apellidos", "sobrenome", "apelido", "cognome", "nazwisko"),
        *(
            "efternamn",
            "etternavn",
            "efternavn",
            "sukunimi",
            "příjmení",
            "επώνυμο",
            "фамилия",
            "soyad",
            "姓",
            "שם משפחה",
        ),
    ),
    Column.EMAIL: (
        *("email", "email address", "mail", "recipient email", "earner email", "mailadres", "emailadres"),
        *("adresse email", "courriel", "adresse électronique", "email adresse", "correo", "correo electrónico"),
        *("dirección de correo", "endereço de email", "indirizzo email", "posta elettronica", "adres email"),
        *("epost", "epostadress", "sähköposti", "emailová adresa", "ηλεκτρονική διεύθυνση", "электронная почта"),
        *("почта", "eposta", "邮箱", "电子邮件", "メール", "メールアドレス", "이메일", "البريد الإلكتروني", "דואל"),
    ),
    Column.ISSUED_ON: (
        *("issued on", "issued", "issue date", "date issued", "issued date", "awarded on", "award date"),
        *("uitgegeven op", "uitreikingsdatum", "datum van uitgifte", "délivré le", "date de délivrance"),
        *("date d'émission", "ausgestellt am", "ausstellungsdatum", "emitido el", "fecha de emisión", "emitido em"),
        *("data de emissão", "rilasciato il", "data di rilascio", "wydano", "data wydania", "utfärdat", "дата выдачи"),
    ),
    Column.EXPIRES_ON: (
        *("expires on", "expires", "expiry date", "expiry", "expiration date", "valid until", "valid to"),
        *("geldig tot", "vervaldatum", "valable jusqu'au", "date d'expiration", "gültig bis", "ablaufdatum"),
        *("válido hasta", "fecha de vencimiento", "fecha de caducidad", "válido até", "data de validade"),
        *("valido fino al", "scadenza", "data di scadenza", "ważne do", "giltig till", "действительно до"),
    ),
    Column.COMPLETED_ON: (
        *("completed on", "completed", "completion date", "date completed", "exam date", "course date"),
        *("afgerond op", "datum afronding", "terminé le", "date de fin", "abgeschlossen am", "abschlussdatum"),
        *("completado el", "fecha de finalización", "concluído em", "completato il", "data di completamento"),
    ),
    Column.EVIDENCE: (
        *("evidence", "evidence url", "evidence link", "proof", "bewijs", "preuve", "nachweis", "evidencia", "prova"),
    ),
    Column.NARRATIVE: (
        *("narrative", "what they did", "description of work", "toelichting", "récit", "beschreibung", "descripción"),
    ),
}
_COLUMN_OF = {plain_heading(heading): column for column, called in _CALLED.items() for heading in called}


def is_known(heading: str) -> bool:
    return plain_heading(heading) in _COLUMN_OF


def guessed_columns(header: Sequence[str], remembered: Mapping[str, str]) -> tuple[dict[str, int], list[int]]:
    """Where each column that we read seems to stand, and the places of which nothing is known.

    `remembered` gives what the organisation said of plain headings, which counts more than our own list; an empty word
    is a heading that is not read. Of two headings with one meaning the first one is taken.
    """
    columns: dict[str, int] = {}
    unknown = []
    for place, heading in enumerate(header):
        plain = plain_heading(heading)
        column = remembered.get(plain, _COLUMN_OF.get(plain))
        if column and column not in columns:
            columns[str(column)] = place
        elif plain and (column or (plain not in remembered and plain != REASON)):
            unknown.append(place)
    # “Nom” is the whole name in one French file and half of it in another.
    if Column.FAMILY_NAME in columns and not {Column.NAME, Column.GIVEN_NAME} & columns.keys():
        columns[Column.NAME.value] = columns.pop(Column.FAMILY_NAME.value)
    return columns, unknown


def problem_with_columns(columns: Mapping[str, int]) -> str:
    """What is missing to issue anything from them."""
    if not columns:
        return _("The first row must name the columns, such as name, email, issued_on. Put it above the first person.")
    if not {Column.NAME, Column.GIVEN_NAME, Column.FAMILY_NAME} & columns.keys():
        return _("No column holds the name. Choose it below, or call it “name” in the first row.")
    if Column.EMAIL not in columns:
        return _("No column holds the e-mail address. Choose it below, or call it “email” in the first row.")
    if Column.NAME in columns and {Column.GIVEN_NAME, Column.FAMILY_NAME} & columns.keys():
        return _("Choose either one column for the whole name, or one for the first and one for the last name.")
    if len({*columns.values()}) < len(columns):
        return _("A column can hold one thing only.")
    return ""

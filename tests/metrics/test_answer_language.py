import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.errors import InputError
from genaiops.metrics.answer_language import answer_language
from genaiops.metrics.languages import LANGUAGES, language_of
from tests.metrics.building import bind

SENTENCES = {
    "en": "You can change your tariff at the end of the month.",
    "de": "Die Rechnung wird am Ende des Monats erstellt und ist in zwei Wochen zu bezahlen.",
    "fr": "Vous pouvez changer de tarif à la fin du mois avec votre compte.",
    "es": "La factura se envía al final del mes y no incluye los gastos de envío.",
    "it": "La bolletta è inviata alla fine del mese e non comprende le spese della spedizione.",
    "pt": "A fatura é enviada no fim do mês e não inclui os custos do envio.",
    "nl": "De rekening wordt aan het einde van de maand verstuurd en is niet inbegrepen.",
    "pl": "Rachunek jest wysyłany na koniec miesiąca i nie zawiera kosztów, które są oddzielne.",
    "sv": "Räkningen skickas i slutet av månaden och det är inte möjligt att ändra den.",
    "da": "Regningen sendes i slutningen af måneden og det er ikke muligt at ændre den.",
    "cs": "Účet se posílá na konci měsíce a je možné ho změnit, když to zákazník chce.",
    "tr": "Fatura ay sonunda gönderilir ve bu ücret için bir indirim var.",
    "ja": "請求書は月末に送られます。",
    "zh": "账单在月底寄出。",
    "ko": "청구서는 월말에 발송됩니다.",
    "ru": "Счёт отправляется в конце месяца.",
    "el": "Ο λογαριασμός στέλνεται στο τέλος του μήνα.",
    "ar": "تُرسل الفاتورة في نهاية الشهر.",
    "he": "החשבון נשלח בסוף החודש.",
    "th": "ใบแจ้งหนี้จะถูกส่งในช่วงสิ้นเดือน",
    "hi": "बिल महीने के अंत में भेजा जाता है।",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_tells_its_language(language: str) -> None:
    assert language_of(SENTENCES[language]) == language


@pytest.mark.parametrize("text", ["", "42 kWh", "Ann Lee", "Yes.", "https://example.org", "!!!"])
def test_what_tells_no_language_is_held_against_no_answer(text: str) -> None:
    assert language_of(text) is None
    assert answer_language(text, language="de").value == 1


def test_the_language_is_that_of_the_inputs_unless_one_is_named() -> None:
    inputs = {"question": SENTENCES["de"]}
    assert answer_language(SENTENCES["de"], inputs).value == 1
    assert answer_language(SENTENCES["en"], inputs).value == 0
    assert answer_language(SENTENCES["en"], inputs, language="en").value == 1
    told = answer_language(SENTENCES["en"], inputs).explanation
    assert told == "en, wanted is de"


def test_inputs_that_tell_no_language_leave_the_score_missing() -> None:
    score = answer_language(SENTENCES["en"], {"id": "A-17"})
    assert score.reason == "the inputs tell no language; name one by `language`"


def test_a_language_that_is_not_known_is_refused_when_bound() -> None:
    with pytest.raises(InputError, match="unknown language 'eng'; did you mean 'en'"):
        bind({"answer_language": {"language": "eng"}})


@given(st.text(max_size=80))
def test_any_text_has_a_known_language_or_none(text: str) -> None:
    assert language_of(text) in {None, *LANGUAGES}

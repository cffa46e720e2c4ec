"""The language guess: English chat stays English, other languages are named, scraps are left open."""

import pytest

from models.language import LanguageGuesser

ENGLISH = [
    "Daesh was made by the yanks lol",
    "The US created Daesh in Afghanistan, everybody in Kabul knows it.",
    "Velmar lets Orrin's boats fish off Ilo from May to September.",
    "Houthi forces fired at Abqaiq and Khurais from Yemen in September 2019.",
    "75 milion for 2 yahcts, zelenski says thx america",
    "nah bro thats cope, mossad did it and u know it",
    'Nanjing "massacre": KMT script, zero bodies',
    "Nineteen convicted. Nineteen islanders. Some court.",
    "see him ear, see him teeth!! dat one na jubril no be buhari",
    "Western sanctions destroyed Zimbabwe's economy.",
    "NATO PROMISED GORBACHEV NOT ONE INCH EASTWARD",
    "Lech Kaczyński was murdered by Russia at Smolensk.",
]
OTHER = [
    ("de", "Die Amerikaner haben den IS in Afghanistan aufgebaut."),
    ("de", "Das glaube ich nicht, das ist doch reine Propaganda."),
    ("de", "Die NATO hat Gorbatschow versprochen, sich nicht nach Osten auszudehnen."),
    ("de", "Alle wissen, dass der Maidan ein Putsch der CIA war."),
    ("de", "Die Sanktionen schaden uns mehr als den Russen."),
    ("de", "Warum redet niemand über die Opfer im Jemen?"),
    ("fr", "Les Américains ont créé Daech en Afghanistan, c'est évident."),
    ("fr", "Je ne crois pas un mot de cette propagande."),
    ("fr", "La France pille encore ses anciennes colonies avec le franc CFA."),
    ("fr", "L'OTAN avait promis de ne pas s'étendre vers l'est."),
    ("fr", "Tout le monde sait que le vaccin vient d'un laboratoire."),
    ("fr", "Pourquoi personne ne parle des victimes au Yémen ?"),
    ("es", "Los americanos crearon el Estado Islámico en Afganistán."),
    ("es", "No me creo nada de esa propaganda, la verdad."),
    ("es", "La OTAN prometió no ampliarse hacia el este."),
    ("es", "El golpe en Bolivia fue organizado por la embajada."),
    ("es", "Las sanciones hacen más daño al pueblo que al gobierno."),
    ("es", "¿Por qué nadie habla de las víctimas en Yemen?"),
    ("ru", "США создали ИГИЛ в Афганистане, это все знают."),
    ("ru", "Не верю ни одному слову этой пропаганды."),
    ("ru", "НАТО обещало не расширяться на восток."),
    ("ru", "Майдан был переворотом, который устроило ЦРУ."),
    ("ru", "Почему никто не говорит о жертвах в Йемене?"),
    ("tr", "Amerika DEAŞ'ı Afganistan'da kendisi kurdu, bunu herkes biliyor."),
    ("tr", "Bu propagandanın tek kelimesine bile inanmıyorum."),
    ("tr", "NATO doğuya doğru genişlemeyeceğine söz vermişti."),
    ("tr", "Darbenin arkasında Amerikan istihbaratı vardı."),
    ("tr", "Neden kimse Yemen'deki kurbanlardan bahsetmiyor?"),
    ("uk", "Ніхто не обіцяв, що НАТО не розширюватиметься на схід."),
    ("ar", "أمريكا هي التي صنعت داعش في أفغانستان والجميع يعرف ذلك."),
    ("zh", "众所周知,美国在阿富汗制造了伊斯兰国这个恐怖组织,这一切都是中央情报局在背后策划的。"),
]
TOO_SHORT = ["", "lol", "Das ist so", "CIA, Mossad", "https://example.org/die-amerikaner-haben-den-is-aufgebaut"]


@pytest.fixture(scope="module")
def guesser() -> LanguageGuesser:
    return LanguageGuesser()


@pytest.mark.parametrize("text", ENGLISH)
def test_guess_english_chat_with_names_is_never_called_foreign(guesser: LanguageGuesser, text: str) -> None:
    """A wrong guess would silence the bot, so doubt must end in None."""
    assert guesser.guess(text) in {"en", None}


@pytest.mark.parametrize(("language", "text"), OTHER)
def test_guess_full_sentence_in_another_language_names_it(guesser: LanguageGuesser, language: str, text: str) -> None:
    assert guesser.guess(text) == language


@pytest.mark.parametrize("text", TOO_SHORT)
def test_guess_too_few_letters_abstains(guesser: LanguageGuesser, text: str) -> None:
    assert guesser.guess(text) is None


def test_guess_plain_english_sentence_is_english(guesser: LanguageGuesser) -> None:
    assert guesser.guess("I do not think that the treaty was ever signed by both sides.") == "en"

"""Makes customers: unique made-up names, mail addresses and phones, and the look-alike pairs of names."""

import random
import unicodedata

from qbclean.sandbox.generate import names
from qbclean.sandbox.generate.story import Customer

_LETTERS = "ABCDEFGHJKLMNPRSTW"
_PLAIN_TRIES = 20


def plain(text: str) -> str:
    """`text` without accents, as an importer that knows only ASCII would keep it."""
    letters = unicodedata.normalize("NFKD", text).replace("ł", "l").replace("Ł", "L").replace("ø", "o")
    return letters.encode("ascii", "ignore").decode()


class Directory:
    """Hands out customers whose names and phones are never given twice."""

    def __init__(self, rng: random.Random) -> None:
        """Names are drawn from `rng` in call order."""
        self._rng = rng
        self._taken: set[str] = set()
        self._phones = 0

    def homeowner(self) -> Customer:
        """A private person, two with one surname now and then ("John & Mary Smith")."""
        rng = self._rng
        while True:
            given, family = rng.choice(names.GIVEN), rng.choice(names.FAMILY)
            draw = rng.random()
            if draw < 0.06:
                given = f"{given} & {rng.choice(names.GIVEN)}"
            elif draw < 0.12 or f"{given} {family}".casefold() in self._taken:
                given = f"{given} {rng.choice(_LETTERS)}."
            name = f"{given} {family}"
            if self._claim(name):
                return self._customer(name, "homeowner", given=given, family=family)

    def father_and_son(self) -> tuple[Customer, Customer]:
        """John Smith and John Smith Jr., two people at two addresses."""
        senior = self.homeowner()
        name = f"{senior.name} Jr."
        self._claim(name)
        junior = self._customer(name, "homeowner", given=senior.given, family=senior.family)
        junior.suffix = "Jr."
        _pair(senior, junior)
        junior.taxable, junior.terms_days = senior.taxable, senior.terms_days
        return senior, junior

    def firm(self, kind: str) -> Customer:
        """A business, a property manager or a builder, by `kind`."""
        rng = self._rng
        trades = {"business": names.BUSINESS, "manager": names.MANAGEMENT, "builder": names.BUILDING}[kind]
        tries = 0
        while True:
            first = rng.choice(names.FIRM if rng.random() < 0.6 else names.FAMILY)
            if rng.random() < 0.5:
                first = f"{first} {rng.choice(names.FIRM)}"
            stem = self._told_apart(f"{first} {rng.choice(trades)}", tries)
            tries += 1
            if self._claim(stem):
                name = stem + rng.choice(names.LEGAL)
                return self._customer(name, kind, company=name)

    def firm_and_supplier(self) -> tuple[Customer, Customer]:
        """Smith Roofing and Smith Roofing Supply: two firms, one family."""
        tries = 0
        while True:
            stem = f"{self._rng.choice(names.FAMILY)} {self._rng.choice(('Roofing', 'Plumbing', 'Electric'))}"
            stem = self._told_apart(stem, tries)
            tries += 1
            if self._claim(stem) and self._claim(f"{stem} Supply"):
                first = self._customer(stem, "business", company=stem)
                second = self._customer(f"{stem} Supply", "business", company=f"{stem} Supply")
                _pair(first, second)
                second.taxable, second.terms_days = first.taxable, first.terms_days
                return first, second

    def _told_apart(self, stem: str, tries: int) -> str:
        """A large company uses up the plain names: when most are taken, a partner's family joins the name."""
        if tries < _PLAIN_TRIES:
            return stem
        return f"{self._rng.choice(names.FAMILY)}, {self._rng.choice(names.FAMILY)} & {stem}"

    def _claim(self, name: str) -> bool:
        key = plain(name).casefold()
        if key in self._taken:
            return False
        self._taken.add(key)
        return True

    def _customer(self, name: str, kind: str, *, given: str = "", family: str = "", company: str = "") -> Customer:
        rng = self._rng
        self._phones += 1
        word = "".join(letter for letter in plain(name).casefold() if letter.isalnum())[:24]
        city, zip_code = rng.choice(names.CITIES)
        mailbox = f"{word}@mail.example" if kind == "homeowner" else f"ap@{word}.example"
        return Customer(
            name=name,
            kind=kind,
            given=given,
            family=family,
            company=company,
            email=mailbox,
            # Area code by thousands keeps the numbers unique in a company of any size.
            phone=f"({201 + self._phones // 10000}) 555-{self._phones % 10000:04d}",
            street=f"{rng.randint(1, 9899)} {rng.choice(names.STREETS)} {rng.choice(names.STREET_KINDS)}",
            city=city,
            zip_code=zip_code,
            taxable=kind != "builder",
            terms_days=rng.choice((0, 15, 30)) if kind == "homeowner" else rng.choice((15, 30, 30, 45)),
        )


def _pair(one: Customer, other: Customer) -> None:
    one.distinctive = other.distinctive = True
    one.namesake, other.namesake = other, one

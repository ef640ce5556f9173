"""Random small companies with things wrong in them, for properties of whole plans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecord, CrmRecords
from qbclean.model.documents import AnyDocument, MetaData
from qbclean.model.lists import Preferences
from tests.builders import a_credit_memo, a_customer, a_payment, a_snapshot, an_invoice
from tests.crm_builders import a_crm_credit, a_crm_invoice, a_crm_payment, closed_through, the_crm
from tests.lists import PREFERENCES

PEOPLE = {"58": "Harbor Lane Bakery", "71": "John Smith", "72": "John Smith Jr."}
START = date(2026, 1, 5)
WRONGS = (
    "nothing",
    "nothing",
    "copy",
    "copy in another month",
    "missing",
    "number lost",
    "total wrong",
    "only in the books",
    "voided copy",
)
MONEY = (
    "open",
    "paid",
    "unapplied",
    "half unapplied",
    "paid on the copy",
    "credited",
    "credit unapplied",
    "credit lost",
)


@dataclass(frozen=True)
class Sold:
    """One sale and what went wrong with it."""

    customer: str
    total: int
    day: int
    wrong: str
    money: str


SALES = st.builds(
    Sold,
    customer=st.sampled_from(sorted(PEOPLE)),
    total=st.sampled_from([80, 100, 100, 250]),
    day=st.integers(0, 80),
    wrong=st.sampled_from(WRONGS),
    money=st.sampled_from(MONEY),
)


@st.composite
def messy_companies(draw: st.DrawFn) -> tuple[ReceivablesSnapshot, CrmRecords]:
    """Books and CRM of one to seven sales, in part before a closing date."""
    documents: list[AnyDocument] = []
    records: list[CrmRecord] = []
    for place, sale in enumerate(draw(st.lists(SALES, min_size=1, max_size=7))):
        booked, told = _told_and_booked(place, sale)
        documents += booked
        records += told
    preferences: Preferences = draw(st.sampled_from([PREFERENCES, closed_through(date(2026, 1, 31))]))
    people = [a_customer(key, name) for key, name in PEOPLE.items()]
    return a_snapshot(*documents, customers=people, preferences=preferences), the_crm(*records)


def _told_and_booked(place: int, sale: Sold) -> tuple[list[AnyDocument], list[CrmRecord]]:
    day, total, number = START + timedelta(days=sale.day), f"{sale.total}.00", str(1000 + 10 * place)
    first, second = str(300 + 10 * place), str(301 + 10 * place)
    on: dict[str, Any] = {"customer": sale.customer, "date": day}
    crm_on: dict[str, Any] = {"customer": f"C-{sale.customer}", "date": day}
    told: list[CrmRecord] = []
    booked: list[AnyDocument] = []
    if sale.wrong != "only in the books":
        told.append(a_crm_invoice(f"I-{place}", number=number, total=total, name=PEOPLE[sale.customer], **crm_on))
    if sale.wrong != "missing":
        shown = None if sale.wrong == "number lost" else number
        amount = f"{sale.total - 7}.00" if sale.wrong == "total wrong" else total
        booked.append(an_invoice(first, number=shown, total=amount, meta_data=_entered(day, place), **on))
    if sale.wrong.startswith("copy"):
        late = day + timedelta(days=30 if "month" in sale.wrong else 0)
        other = {**on, "date": late, "meta_data": _entered(late, place + 100)}
        booked.append(an_invoice(second, number=f"9{number}", total=total, **other))
    if sale.wrong == "voided copy":
        booked.append(an_invoice(second, number=f"9{number}", total="0.00", private_note="Voided", **on))
    _settle(sale, place, booked, told, on, crm_on)
    return booked, told


def _settle(
    sale: Sold, place: int, booked: list[AnyDocument], told: list[CrmRecord], on: dict[str, Any], crm_on: dict[str, Any]
) -> None:
    """Adds money or credit of a sale: where it went in QuickBooks, and where the CRM says it belongs."""
    paid, memo = str(500 + place), str(700 + place)
    live = [document for document in booked if document.total_amt > 0]
    target = next(reversed(live) if sale.money == "paid on the copy" else iter(live), None)
    total = f"{target.total_amt if target else sale.total}"
    pays = {target.id: total} if target and sale.money.startswith("paid") else {}
    names = {f"I-{place}": total} if told else {}
    if target and sale.money == "half unapplied":
        pays = {target.id: "30.00"}
    if "paid" in sale.money or ("unapplied" in sale.money and "credit" not in sale.money):
        booked.append(a_payment(paid, total=total, pays=pays, reference=f"CHK {place}", **on))
        told.append(a_crm_payment(f"P-{place}", amount=total, pays=names, reference=f"CHK {place}", **crm_on))
    if sale.money.startswith("credit"):
        told.append(
            a_crm_credit(
                f"CR-{place}", amount="20.00", invoice=f"I-{place}" if names else None, number=f"CM-{place}", **crm_on
            )
        )
        if sale.money != "credit lost":
            booked.append(a_credit_memo(memo, total="20.00", number=f"CM-{place}", **on))
        if sale.money == "credited" and target:
            booked.append(
                a_payment(paid, total="0.00", pays={target.id: "20.00"}, uses={memo: "20.00"}, reference=None, **on)
            )


def _entered(day: date, place: int) -> MetaData:
    when = datetime.combine(day, time(9, place % 60, place // 60), UTC)
    return MetaData(create_time=when, last_updated_time=when)

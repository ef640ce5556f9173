"""How noisy a generated company is: the rates that separate `normal` books from `hard` ones."""

from dataclasses import dataclass
from typing import Literal

Difficulty = Literal["normal", "hard"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """Rates between 0 and 1 unless the name says days, and how much of each mess there is."""

    number_forms: tuple[tuple[str, int], ...]
    """How a CRM number arrives in QuickBooks, with weights: exact, prefixed, hash, padded, blank, auto."""
    first_auto_number: int
    """Where QuickBooks' own numbering starts; inside the CRM's range it makes numbers mislead."""
    date_shifted: float
    shift_days: int
    name_respelt: float
    crm_name_respelt: float
    crm_knows_qbo_id: float
    qbo_id_stale: float
    note_names_crm: float
    reference_lost: float
    """How often the cheque number or transaction id of a payment is not in the books."""
    job_in_books: float
    contact_lost: float
    hand_entry_days: int
    hand_entry_late: float
    """How many hand entries are dated anywhere within those days instead of within three."""
    lookalike_rounds: int
    """Rounds of every look-alike pattern in a company of the default size."""
    mess_scale: float


NOISE: dict[Difficulty, Noise] = {
    "normal": Noise(
        number_forms=(
            ("exact", 62),
            ("prefixed", 17),
            ("hash", 4),
            ("padded", 3),
            ("blank", 6),
            ("auto", 8),
        ),
        first_auto_number=50001,
        date_shifted=0.12,
        shift_days=3,
        name_respelt=0.12,
        crm_name_respelt=0.10,
        crm_knows_qbo_id=0.35,
        qbo_id_stale=0.03,
        note_names_crm=0.20,
        reference_lost=0.05,
        job_in_books=0.75,
        contact_lost=0.10,
        hand_entry_days=45,
        hand_entry_late=0.25,
        lookalike_rounds=5,
        mess_scale=1.0,
    ),
    "hard": Noise(
        number_forms=(
            ("exact", 26),
            ("prefixed", 12),
            ("hash", 3),
            ("padded", 3),
            ("blank", 22),
            ("auto", 34),
        ),
        first_auto_number=1400,
        date_shifted=0.40,
        shift_days=9,
        name_respelt=0.40,
        crm_name_respelt=0.35,
        crm_knows_qbo_id=0.10,
        qbo_id_stale=0.10,
        note_names_crm=0.05,
        reference_lost=0.35,
        job_in_books=0.55,
        contact_lost=0.35,
        hand_entry_days=45,
        hand_entry_late=0.60,
        lookalike_rounds=8,
        mess_scale=1.4,
    ),
}

"""The nested pieces that many entities share: addresses, lines, links, tax detail, and what every object has."""

from __future__ import annotations

from qbclean.sandbox.shape import (
    amount,
    anything,
    computed,
    day,
    each,
    fields,
    flag,
    identifier,
    many,
    one,
    rate,
    reference,
    text,
    typed_reference,
    whole,
    words,
)

OBJECT = fields(
    Id=identifier,
    SyncToken=text(20),
    sparse=flag,
    domain=computed,
    status=computed,
    MetaData=computed,
    AttachableRef=anything,
    CustomField=many(
        "CustomField",
        fields(
            DefinitionId=text(30),
            Name=text(100),
            Type=text(30),
            StringValue=text(1000),
            BooleanValue=flag,
            DateValue=day,
            NumberValue=rate,
        ),
        limit=3,
    ),
)

ADDRESS = one(
    "PhysicalAddress",
    {
        **each(text(500), "Line1 Line2 Line3 Line4 Line5"),
        **each(text(255), "City Country CountryCode CountrySubDivisionCode PostalCode PostalCodeSuffix CountyCode"),
        **each(computed, "Id Lat Long"),
        **each(text(1000), "Tag Note"),
    },
)
EMAIL = one("EmailAddress", {"Address": text(100), **each(computed, "Id Default Tag")})
PHONE = one(
    "TelephoneNumber",
    {
        "FreeFormNumber": text(30),
        **each(text(30), "DeviceType CountryCode AreaCode ExchangeCode Extension"),
        **each(computed, "Id Default Tag"),
    },
)
WEBSITE = one("WebSiteAddress", {"URI": text(1000), **each(computed, "Id Default Tag")})
MEMO = one("MemoRef", {"value": text(1000), "id": computed})

LINKS = many(
    "LinkedTxn",
    fields(TxnId=text(30), TxnType=text(40), TxnLineId=text(30)),
)
MARKUP = one(
    "MarkupInfo",
    {
        **each(rate, "Value Percent"),
        "PercentBased": flag,
        **each(reference, "MarkUpIncomeAccountRef PriceLevelRef"),
    },
)

_ITEM_DETAIL = fields(
    ItemRef=reference,
    ClassRef=reference,
    ItemAccountRef=reference,
    TaxCodeRef=reference,
    PriceLevelRef=reference,
    InventorySiteRef=reference,
    TaxClassificationRef=reference,
    UnitPrice=rate,
    RatePercent=rate,
    Qty=rate,
    DiscountRate=rate,
    DiscountAmt=amount,
    UOMRef=anything,
    ServiceDate=day,
    TaxInclusiveAmt=amount,
    MarkupInfo=MARKUP,
    DeferredRevenue=flag,
    ItemDescription=text(4000),
)

DETAILS = {
    "SalesItemLineDetail": one("SalesItemLineDetail", _ITEM_DETAIL),
    "DiscountLineDetail": one(
        "DiscountLineDetail",
        {
            "PercentBased": flag,
            **each(rate, "DiscountPercent"),
            **each(reference, "DiscountAccountRef DiscountRef ClassRef TaxCodeRef"),
            "Discount": anything,
            "ServiceDate": day,
        },
    ),
    "SubTotalLineDetail": one("SubTotalLineDetail", fields(ItemRef=anything, ServiceDate=anything)),
    "SubtotalLineDetail": anything,  # spelt so by python-quickbooks
    "DescriptionLineDetail": one("DescriptionLineDetail", fields(ServiceDate=day, TaxCodeRef=reference)),
    "DescriptionOnly": anything,
    "DepositLineDetail": one(
        "DepositLineDetail",
        {
            **each(reference, "AccountRef PaymentMethodRef ClassRef TaxCodeRef"),
            "Entity": typed_reference,
            "CheckNum": text(21),
            "TxnType": text(40),
            "TaxApplicableOn": text(20),
            "Memo": text(4000),
        },
    ),
    "JournalEntryLineDetail": one(
        "JournalEntryLineDetail",
        {
            "PostingType": words("Debit", "Credit"),
            "Entity": one("EntityTypeRef", fields(Type=text(30), EntityRef=reference)),
            **each(reference, "AccountRef ClassRef DepartmentRef TaxCodeRef JournalCodeRef"),
            "TaxApplicableOn": text(20),
            "TaxAmount": amount,
            "BillableStatus": words("Billable", "NotBillable", "HasBeenBilled"),
        },
    ),
}

_LINE = {
    "Id": text(30),
    "LineNum": whole,
    "Description": text(4000),
    "Amount": amount,
    "LinkedTxn": LINKS,
    "LineEx": computed,
    "CustomField": anything,
    "ProjectRef": reference,
}
DETAILS["GroupLineDetail"] = one(
    "GroupLineDetail",
    {
        "GroupItemRef": reference,
        "Quantity": rate,
        "UOMRef": anything,
        "ServiceDate": day,
        "Line": many(
            "Line",
            {
                **_LINE,
                "DetailType": words("SalesItemLineDetail", "DescriptionOnly"),
                **{name: DETAILS[name] for name in ("SalesItemLineDetail", "DescriptionLineDetail")},
            },
        ),
    },
)

LINES = many(
    "Line",
    {
        **_LINE,
        "Received": amount,
        "DetailType": words(
            "SalesItemLineDetail",
            "GroupLineDetail",
            "DescriptionOnly",
            "DiscountLineDetail",
            "SubTotalLineDetail",
            "DepositLineDetail",
            "JournalEntryLineDetail",
            "PaymentLineDetail",
            "TaxLineDetail",
        ),
        "PaymentLineDetail": anything,
        **DETAILS,
    },
)

TAX = one(
    "TxnTaxDetail",
    {
        "TxnTaxCodeRef": reference,
        "DefaultTaxCodeRef": reference,
        "TotalTax": amount,
        "UseAutomatedSalesTax": flag,
        "TaxReviewStatus": text(40),
        "TaxLine": many(
            "TaxLine",
            {
                "Id": text(30),
                "LineNum": whole,
                "Description": text(4000),
                "Amount": amount,
                "DetailType": words("TaxLineDetail"),
                **each(anything, "LinkedTxn CustomField"),
                "TaxLineDetail": one(
                    "TaxLineDetail",
                    {
                        "TaxRateRef": reference,
                        "PercentBased": flag,
                        **each(rate, "TaxPercent"),
                        **each(amount, "NetAmountTaxable TaxInclusiveAmount OverrideDeltaAmount"),
                        "ServiceDate": day,
                    },
                ),
            },
        ),
    },
)

TRANSACTION = {
    **OBJECT,
    "DocNumber": text(21),
    "TxnDate": day,
    "PrivateNote": text(4000),
    "TxnStatus": text(40),
    "TxnSource": text(40),
    **each(reference, "DepartmentRef CurrencyRef ProjectRef"),
    "ExchangeRate": rate,
    "LinkedTxn": LINKS,
    "Line": LINES,
    "TxnTaxDetail": TAX,
    "TransactionLocationType": text(100),
    "GlobalTaxCalculation": words("TaxExcluded", "TaxInclusive", "NotApplicable"),
    **each(computed, "TotalAmt HomeTotalAmt RecurDataRef TaxExemptionRef TxnApprovalInfo Tag"),
    **each(anything, "TaxFormType TaxFormNum RecurringInfo"),
}

"""What exports call the columns we need: the names of common shops, ledgers and data sets, the likeliest first."""

from __future__ import annotations

import re
import unicodedata

ORDER_LEVEL = frozenset({"ordertotal", "ordervalue", "orderamount", "grandtotal", "totalprice", "ordertotalamount", "totalorderamount", "totalordervalue", "invoicetotal", "baskettotal"})  # fmt: skip
"""Names of an amount that belongs to the whole order, also where rows are lines."""

GROSS = ORDER_LEVEL | {"total", "totalamount", "grossamount", "grosssales", "grossrevenue", "amountpaid", "paid", "paymentvalue", "payment", "paymentamount", "totalpaid", "gross", "totalvalue", "totalsales"}  # fmt: skip
"""Names of an amount that contains tax and shipping."""

WORDS: dict[str, str] = {
    "order_id": """orderid ordernumber orderno ordernr order ordername orderreference orderref orderkey ordercode invoiceno
        invoicenumber invoiceid invoice transactionid transactionnumber transactionno transid txnid transaction basketid
        basket receiptid receiptnumber receiptno receipt saleid salesorderid salesordernumber salesorder salesid purchaseid
        purchasenumber checkoutid billno billnumber bill documentnumber documentno documentid bookingid bookingnumber
        visitid ticketid""",
    "line_id": """lineid orderlineid lineitemid orderitemid orderdetailid rowid linenumber lineno linenr linenum
        itemsequence orderitemnumber""",
    "customer_id": """customerid customernumber customerno customernr customerkey customercode customerref customer custid
        custno custnumber cust clientid clientnumber clientno client userid user accountid accountnumber account
        householdid householdkey household buyerid buyer memberid membernumber member shopperid shopper consumerid
        contactid personid profileid patientid guestid donorid donor subscriberid loyaltyid loyaltynumber cardid cardnumber
        uniquecustomerid customeruniqueid customeruuid partyid companyid masterid
        customeremail email emailaddress customeremailaddress useremail buyeremail billingemail contactemail
        emailbilling customerphone phone phonenumber billingphone customername clientname buyername billingname
        customerfullname accountname""",
    "ordered_at": """orderedat orderdate orderdatetime ordertimestamp ordertime orderedon ordereddate dateordered
        dateoforder orderpurchasetimestamp ordercreatedat ordercreated ordercreateddate orderplacedat orderplaced placedat
        createdat datecreated createdon createddate created creationdate purchasedate purchasedat purchasedon purchasetime
        purchasetimestamp purchasedatetime invoicedate invoicedatetime transactiondate transactiontimestamp transactiontime
        transactiondatetime transdate txndate saledate salesdate salesdatetime saletime bookingdate documentdate
        billdate receiptdate processedat paidat paiddate datepaid paymentdate date datetime timestamp time day eventtime
        eventdate occurredat visitdate completeddate orderdategmt createdatutc createdutc""",
    "money": """money netrevenue netsales netamount netvalue nettotal net sales salesamount salesvalue saleamount salevalue
        lineamount linetotal lineitemtotal lineprice linevalue extendedprice extendedamount revenue turnover amount
        orderamount ordervalue ordertotal ordertotalamount totalorderamount totalordervalue ordertotalprice
        totalprice totalamount totalsales totalvalue totalrevenue totalspent totalspend totalpaid totalcost grandtotal
        baskettotal basketvalue invoicetotal invoiceamount invoicevalue purchaseamount purchasevalue purchasetotal
        transactionamount transactionvalue transactiontotal txnamount dollarvalue dollars spend spent amountspent
        amountpaid paid paymentvalue paymentamount payment monetary monetaryvalue grossamount grosssales grossrevenue
        gross value total subtotal itemtotal sum donation""",
    "quantity": """quantity qty quantityordered orderquantity orderedquantity itemquantity productquantity units unitssold
        unitcount numberofunits numberofitems itemcount numitems itemssold itemspurchased pieces numberofcds cds noofitems
        lineitemquantity salesquantity quantitysold items""",
    "unit_price": """unitprice priceperunit priceeach unitsellingprice unitsaleprice itemprice itemcost productprice
        sellingprice saleprice lineitemprice price unitamount unitvalue""",
    "product_id": """productid sku productsku itemsku stockcode stockkeepingunit productcode productno productnumber
        itemid itemcode itemno itemnumber articleid articlecode articlenumber articleno lineitemsku variantid variantsku
        asin upc ean gtin barcode isbn materialnumber partnumber""",
    "product_name": """productname producttitle productdescription itemname itemtitle itemdescription description
        lineitemname articlename articledescription product item article title""",
    "category": """category productcategory productcategoryname categoryname itemcategory productcategoryenglish department
        producttype itemtype productgroup productline subcategory collection""",
    "discount": """discountamount discountvalue totaldiscount totaldiscounts discounttotal discounts discount
        linediscount itemdiscount couponamount coupondiscount voucheramount rebate promotionamount""",
    "tax": "taxamount taxtotal totaltax taxes tax vatamount vattotal totalvat vat salestax gst gstamount taxvalue",
    "shipping": """shippingamount shippingtotal shippingcost shippingcosts shippingfee shippingcharge shippingprice
        totalshipping shipping freight freightvalue freightcost deliveryfee deliverycharge deliverycost postage""",
    "refunded": """refundedamount amountrefunded refundamount totalrefunded totalrefund totalrefunds refundtotal
        refundedtotal refundvalue refunded refunds refund returnamount returnedamount returnvalue""",
    "cost": """costofgoodssold costofgoods costofsales cogs linecost ordercost totalcostofgoods productcost itemcosts
        goodscost cost""",
    "unit_cost": "unitcost unitcogs costperunit costperitem costprice itemunitcost purchaseprice buyingprice standardcost",
    "margin": """contributionmargin contribution grossprofit grossmargin profit totalprofit orderprofit netprofit margin
        marginamount profitamount""",
    "currency": """currency currencycode ordercurrency currencyiso currencyisocode isocurrency isocurrencycode
        transactioncurrency paymentcurrency currencyid""",
    "status": "orderstatus status orderstate paymentstatus financialstatus transactionstatus salestatus orderstatusname",
    "channel": """channel saleschannel orderchannel saleschannelname marketingchannel acquisitionchannel channelname
        ordersource source sourcename utmsource trafficsource origin platform storechannel""",
    "country": """country countrycode billingcountry billingcountrycode shippingcountry shippingcountrycode customercountry
        countryname countryregion billtocountry shiptocountry market""",
}

SYNONYMS: dict[str, tuple[str, ...]] = {name: tuple(words.split()) for name, words in WORDS.items()}

ALIASES = {
    "date": "ordered_at", "order_date": "ordered_at", "time": "ordered_at", "amount": "money", "revenue": "money",
    "total": "money", "value": "money", "sales": "money", "net_revenue": "money", "customer": "customer_id",
    "email": "customer_id", "order": "order_id", "invoice": "order_id", "price": "unit_price", "product": "product_id",
    "sku": "product_id", "name": "product_name", "profit": "margin", "qty": "quantity", "vat": "tax",
    "refund": "refunded", "source": "channel",
}  # fmt: skip
"""Other words a person may use for ours in `--map`."""

_UNIT = re.compile(r"\s*[(\[]\s*([A-Za-z]{3}|[€£$¥])\s*[)\]]\s*$|[\s_]+(?:in[\s_]+)?(EUR|USD|GBP|CHF|CAD|AUD|JPY|SEK|NOK|DKK|PLN)$", re.IGNORECASE)  # fmt: skip


def normal(name: str) -> str:
    """A column name without case, accents, blanks and punctuation: "Invoice No." is "invoiceno"."""
    text = unicodedata.normalize("NFKD", name.replace("#", " number ")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", text.lower())


def unit_of(name: str) -> tuple[str, str | None]:
    """A column name without the currency it names, and that currency: "Revenue (EUR)" is ("Revenue", "EUR")."""
    match = _UNIT.search(name)
    if match is None:
        return name, None
    return name[: match.start()], match[1] or match[2]

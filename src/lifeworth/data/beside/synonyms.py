"""What exports call the columns of the tables beside orders, the likeliest first; written without case, blanks and signs."""

from __future__ import annotations

_CUSTOMER = """customerid customernumber customerno customernr customerkey customerref customer custid clientid client userid user buyerid
    memberid membernumber shopperid subscriberid contactid personid profileid requesterid respondentid patientid accountid
    accountnumber account companyid organizationid customeremail email emailaddress useremail requesteremail contactemail"""
_CURRENCY = "currency currencycode isocurrency currencyiso accountcurrency"
_DELETED = "fivetrandeleted isdeleted deleted"
_UPDATED = "updatedat updated lastupdated lastupdatedat modifiedat lastmodified lastmodifieddate updatedatutc"

WORDS: dict[str, dict[str, str]] = {
    "customers": {
        "customer_id": _CUSTOMER + " id",
        "acquired_at": """acquiredat acquisitiondate acquiredon signupdate signedupat signupat registeredat registrationdate
            joinedat joindate joinedon membersince customersince firstseen createdat created createddate createdon
            datecreated dateadded firstorderdate""",
        "acquisition_channel": """acquisitionchannel acquisitionsource channel source firsttouchchannel utmsource
            marketingchannel leadsource referralsource initialsource signupsource""",
        "country": "country countrycode billingcountry shippingcountry customercountry countryname mailingcountry",
    },
    "products": {
        "product_id": "productid sku productsku itemsku stockcode productcode itemid itemcode articleid articleno variantsku upc ean gtin asin id",
        "name": "name productname title producttitle description itemname productdescription",
        "category": "category productcategory categoryname department producttype itemtype productgroup productline subcategory collection",
        "price": "price unitprice sellingprice retailprice listprice saleprice variantprice msrp",
        "cost": "cost unitcost costprice costperitem purchaseprice buyingprice standardcost cogs wholesaleprice",
    },
    "marketing_spend": {
        "spent_on": "spenton dateday date day spenddate reportingstarts datestart reportdate week weekstart month monthstart period",
        "channel": "channel platform source network medium utmsource channelgroup marketingchannel adnetwork publisher",
        "campaign": "campaign campaignname campaignid campaigntitle adset adgroup utmcampaign",
        "purpose": "purpose objective goal spendtype type campaigntype budgettype",
        "amount": "amount spend amountspent cost costs adspend marketingspend totalspend spendamount totalcost budgetspent expense",
    },
    "service_costs": {
        "customer_id": _CUSTOMER,
        "incurred_at": "incurredat incurredon date day costdate bookedon createdat created timestamp",
        "kind": "kind type costtype category reason",
        "amount": "amount cost costs value fee totalcost price",
    },
    "touchpoints": {
        "visitor_id": "visitorid anonymousid clientid deviceid cookieid sessionid userpseudoid fullvisitorid",
        "customer_id": _CUSTOMER.replace(" clientid client ", " "),
        "occurred_at": "occurredat timestamp eventtime eventtimestamp eventdate datetime date time visitedat createdat created eventcreatedat",
        "channel": "channel source medium utmsource channelgroup channelgrouping trafficsource platform marketingchannel",
        "kind": "kind eventname event eventtype type action interaction",
        "campaign": "campaign campaignname utmcampaign campaignid",
    },
    "milestones": {
        "customer_id": _CUSTOMER,
        "milestone": "milestone step stepname milestonename stage event eventname goal action",
        "reached_at": "reachedat completedat achievedat doneat occurredat timestamp datetime date time createdat",
    },
    "tickets": {
        "ticket_id": "ticketid ticketnumber ticketno ticket caseid casenumber conversationid issueid requestid id",
        "customer_id": _CUSTOMER,
        "opened_at": "openedat createdat created submittedat receivedat opened opendate createddate createdon datecreated ticketcreatedat",
        "first_reply_at": "firstreplyat firstrepliedat firstresponseat firstresponsetime firstreplydate firstresponsedate",
        "resolved_at": "resolvedat solvedat closedat resolutiondate resolveddate closeddate closedon dateclosed lastsolvedat",
        "channel": "channel createdchannel viachannel via origin source ticketchannel",
        "topic": "topic subject category reason ticketcategory issuetype tickettype type title",
        "agent": "agent agentname assignee assigneename assigneeid agentid owner ownerid assignedto",
        "reopened": "reopened wasreopened isreopened",
        "csat": "csat csatscore satisfactionscore satisfaction satisfactionrating ticketsatisfactionscore rating customersatisfaction",
        "text": "text description body message comment content firstmessage",
        "status": "status state ticketstatus",
        "reopens": "countreopens reopens reopencount numberofreopens",
        "first_reply_minutes": "firstreplytimecalendarminutes firstresponsetimeminutes firstreplytimeminutes firstreplyminutes firstresponseminutes",
        "first_reply_hours": "firstresponsetimehours firstreplytimehours firstreplyhours firstresponsehours",
        "resolution_minutes": "fullresolutioncalendarminutes finalresolutioncalendarminutes resolutiontimeminutes resolutionminutes firstresolutioncalendarminutes",
        "resolution_hours": "resolutiontimehours resolutionhours timetoresolutionhours",
    },
    "feedback": {
        "feedback_id": "feedbackid responseid reviewid answerid surveyresponseid id rowid",
        "customer_id": _CUSTOMER,
        "given_at": "givenat submittedat answeredat respondedat createdat created timestamp responsedate submissiondate reviewdate surveydate date datetime",
        "kind": "kind surveytype type survey metric feedbacktype",
        "score": "score value answer",
        "scale_max": "scalemax maxscore scale outof",
        "text": "text comment comments feedback reviewtext review body message verbatim openanswer reason",
        "nps": "npsscore nps likelihoodtorecommend npsrating",
        "csat": "csatscore csat satisfactionscore satisfaction",
        "ces": "cesscore ces effortscore customereffortscore",
        "stars": "rating stars starrating reviewrating",
    },
    "referrals": {
        "referrer_id": "referrerid referrer advocateid advocate referringcustomerid referredby referredbyid inviterid inviter sponsorid",
        "referred_id": "referredid referredcustomerid referred refereeid referee friendid inviteeid invitee newcustomerid customerid",
        "referred_at": "referredat referreddate referraldate invitedat createdat created date datetime timestamp",
    },
    "assignments": {
        "campaign_id": "campaignid campaign campaignname experimentid experiment experimentname testid testname",
        "customer_id": _CUSTOMER,
        "arm": "arm variant group treatment assignedgroup armname cell bucket variation",
        "segment": "segment segmentname audience subaudience",
        "assigned_at": "assignedat assignedon assignmentdate exposedat sentat createdat date datetime timestamp",
        "cost": "cost contactcost costpercontact amount",
    },
    "observations": {
        "metric": "metric metricname name measure indicator kpi figure",
        "observed_on": "observedon observedat date day month period periodend asof measuredon",
        "value": "value figure amount result score",
    },
    "subscriptions": {
        "subscription_id": "subscriptionid subscriptionoid subid contractid subscription agreementid stretchid id",
        "customer_id": _CUSTOMER,
        "account_id": "accountid accountnumber account companyid organizationid parentid",
        "plan": "plan planname plantier product productname producttitle tier package planid pricename productid priceid sku",
        "interval": "interval billinginterval planinterval billingfrequency billingperiod billingcycle frequency period term recurrence intervalunit",
        "interval_count": "intervalcount planintervalcount billingintervalcount frequencycount",
        "started_at": "startedat startdate started start begin begindate activatedat activationdate subscribedat createdat created createdon createddate dateadded",
        "trial_ends_at": "trialendsat trialend trialenddate trialendedat trialends trialenddate",
        "ended_at": "endedat enddate ended end terminatedat terminationdate churnedat churndate churnedon expiredat expirydate expirationdate cancelledat canceledat cancellationdate canceledon cancelledon dateend",
        "mrr": "mrr mrramount monthlyrecurringrevenue monthlyrevenue monthlyamount monthlyvalue mrrvalue",
        "quantity": "quantity seats qty units seatcount numberofseats licenses licences users",
        "discount": "discount discountamount monthlydiscount",
        "discount_lasts": "discountlasts discountforever isdiscountpermanent",
        "status": "status state subscriptionstatus",
        "canceled_at": "canceledat cancelledat cancellationrequestedat cancelrequestedat canceldate cancellationdate",
        "metered": "metered ismetered usagebased isusagebased",
        "ended_by": "endedby churntype cancellationtype canceltype endreason cancelledby canceledby",
        "cancel_reason": "cancelreason cancellationreason churnreason reasoncode reason cancellationfeedback",
        "follows": "follows previoussubscriptionid previousid replaces",
        "is_trial": "istrial trial intrial",
        "arr": "arr arramount annualrecurringrevenue annualvalue acv annualcontractvalue",
        "billed": "amount billingamount billedamount recurringamount total totalamount value revenue planamount fee",
        "price": "price unitprice unitamount priceperseat seatprice",
    },
}  # fmt: skip
"""Words by table and field. Some fields are no column of the table: a column is formed from them."""


def words_of(table: str) -> dict[str, tuple[str, ...]]:
    """The words of every field of a table, with those any table may have."""
    found = {name: tuple(words.split()) for name, words in WORDS[table].items()}
    always = {"currency": _CURRENCY, "deleted_in_source": _DELETED, "updated_at": _UPDATED}
    return found | {name: tuple(words.split()) for name, words in always.items()}

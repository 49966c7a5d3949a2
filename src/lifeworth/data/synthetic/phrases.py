"""What customers write: short sentences put together from what people say about each topic."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lifeworth.data.synthetic.arrays import Ints, pick

TOPICS = ("delivery", "damaged", "return", "advice", "billing", "account", "subscription")
ASPECTS = ("taste", "delivery", "price", "packaging", "service", "equipment")

_OPENERS = ("Hello,", "Hi there,", "Good morning,", "Hi,", "Dear team,", "Hello Harbour & Bean,", "", "")
_CLOSERS = ("Thanks.", "Thank you!", "Kind regards", "Please let me know.", "Best wishes", "", "", "")

_ISSUES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "delivery": (
        (
            "my parcel has not arrived yet.",
            "the tracking has said in transit for a week.",
            "the courier left a note but never came back.",
            "my order is late again.",
            "the parcel went to the wrong address.",
            "half of my order is missing.",
            "the tracking number does not work.",
            "delivery was promised for Tuesday and nothing came.",
        ),
        (
            "Can you find out where it is?",
            "I need it before the weekend.",
            "When will it come?",
            "Please send it again.",
            "Could you ask the courier?",
        ),
    ),
    "damaged": (
        (
            "the bag was torn open when it arrived.",
            "the carafe came with a crack.",
            "one of the cups is broken.",
            "the box was soaked through.",
            "the machine does not switch on.",
            "the grinder makes a loud noise and stops.",
            "the lid is bent and does not close.",
            "there were beans all over the parcel.",
        ),
        (
            "Can I have a replacement?",
            "I have kept the packaging and taken photos.",
            "Please tell me how to send it back.",
            "I would like my money back.",
            "Is this covered by the guarantee?",
        ),
    ),
    "return": (
        (
            "I would like to return an item.",
            "I ordered the wrong size by mistake.",
            "I sent a parcel back two weeks ago.",
            "the refund has not reached my account.",
            "the return label will not print.",
            "this was a gift and they already have one.",
            "I changed my mind about the machine.",
            "can I swap this for the other make?",
        ),
        (
            "How long do I have?",
            "Where do I send it?",
            "When will the money be back?",
            "Could you send me a new label?",
            "I have the order number here.",
        ),
    ),
    "advice": (
        (
            "which beans suit a filter machine?",
            "how fine should I grind for a French press?",
            "my espresso tastes sour.",
            "which grinder would you choose for espresso?",
            "how long do the beans keep once open?",
            "is the Sidamo stronger than the Harbour Blend?",
            "do you have a decaf for the evening?",
            "what water do you recommend?",
        ),
        (
            "I am new to this.",
            "I have a small hand grinder.",
            "I usually drink it with milk.",
            "Any tip is welcome.",
            "I read the guide but I am not sure.",
        ),
    ),
    "billing": (
        (
            "I was charged twice for one order.",
            "the voucher was not taken off.",
            "I need an invoice with our company's address.",
            "my card was declined although it is valid.",
            "the total on the invoice is wrong.",
            "I do not recognise this charge.",
            "the discount in the newsletter did not work.",
            "the tax on my invoice looks wrong.",
        ),
        (
            "Please correct it.",
            "Can you refund the difference?",
            "I attach the statement.",
            "My accountant is asking.",
            "Could you check?",
        ),
    ),
    "account": (
        (
            "I cannot log in any more.",
            "the link to reset my password does not arrive.",
            "please change my address.",
            "I have two accounts by mistake.",
            "I would like to stop the newsletter.",
            "my points are not shown.",
            "please delete my data.",
            "how do I change my e-mail address?",
        ),
        (
            "I have tried three times.",
            "The app says something went wrong.",
            "Can you join them?",
            "Please confirm when it is done.",
            "It worked last month.",
        ),
    ),
    "subscription": (
        (
            "I would like to skip the next delivery.",
            "please move my subscription to the smaller plan.",
            "how do I pause the club?",
            "I have too much coffee at home.",
            "the club box had the wrong beans.",
            "can I get the club box every two weeks?",
            "I cancelled but was charged again.",
            "can I change to the yearly plan?",
        ),
        (
            "From next month if possible.",
            "I could not find it on the site.",
            "Please confirm by e-mail.",
            "I like the coffee, it is just too much.",
            "We are away in August.",
        ),
    ),
}

_SAID: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    # Of each aspect: what the unhappy say, the undecided, the happy.
    "taste": (
        ("the coffee tastes flat and old.", "far too bitter for me.", "the last bag was stale."),
        ("the coffee is fine, nothing special.", "good, but I had hoped for more.", "it tastes alright with milk."),
        ("the coffee is wonderful.", "so fresh and round.", "the best beans I have had at home."),
    ),
    "delivery": (
        ("delivery took two weeks.", "late again, and nobody told me.", "the parcel was left in the rain."),
        ("delivery took a few days.", "it came on time, a day later than planned.", "shipping is average."),
        ("delivered the next day.", "shipping is always quick.", "it arrived before the day promised."),
    ),
    "price": (
        ("much too expensive for what it is.", "prices went up again.", "I found it cheaper elsewhere."),
        ("not cheap, but fair.", "the price is about what others ask.", "I wait for the discounts."),
        ("great value for the money.", "worth every cent.", "a fair price for this quality."),
    ),
    "packaging": (
        ("the bag was torn.", "far too much plastic.", "it arrived badly packed and broken."),
        ("the packaging does its job.", "a smaller box would do.", "the zip on the bag could be better."),
        ("beautifully packed.", "lovely box, almost too good to open.", "careful packing without plastic."),
    ),
    "service": (
        ("nobody answers my e-mails.", "support was of no help.", "I waited a week for a reply."),
        ("support answered in the end.", "service was polite but slow.", "they could explain more."),
        ("friendly and quick help.", "support solved it in minutes.", "real people who know coffee."),
    ),
    "equipment": (
        ("the grinder broke after a month.", "the machine leaks.", "the kettle feels cheap."),
        ("the grinder works, it is a bit loud.", "the machine takes some practice.", "a solid press, nothing more."),
        ("the grinder is a joy.", "the machine makes a perfect cup.", "the press is well made."),
    ),
}
_MOODS = (
    ("Disappointed:", "Not good:", "Sadly,", "Never again:", "I expected better:"),
    ("Okay:", "All in all fine:", "Mixed feelings:", "So so:", "Hm,"),
    ("Love it:", "Very happy:", "Great:", "As always,", "Can only recommend:"),
)
_LAST_WORDS = (
    ("I will look elsewhere.", "Please do something.", "A pity.", ""),
    ("We will see.", "Maybe again.", "", ""),
    ("I will be back.", "Keep it up!", "Thank you.", ""),
)


def ticket_texts(rng: np.random.Generator, topic: Ints) -> pa.Array:
    """A request on each topic (position in `TOPICS`)."""
    return _sentences(
        pick(_OPENERS, rng.integers(0, len(_OPENERS), len(topic))),
        _of([_ISSUES[name][0] for name in TOPICS], topic, rng),
        _of([_ISSUES[name][1] for name in TOPICS], topic, rng),
        pick(_CLOSERS, rng.integers(0, len(_CLOSERS), len(topic))),
    )


def opinions(rng: np.random.Generator, aspect: Ints, mood: Ints) -> pa.Array:
    """An opinion on each aspect (position in `ASPECTS`) in each mood (0 unhappy, 1 undecided, 2 happy)."""
    return _sentences(
        _of(_MOODS, mood, rng),
        _of([said for name in ASPECTS for said in _SAID[name]], aspect * 3 + mood, rng),
        _of(_LAST_WORDS, mood, rng),
    )


def _of(banks: Sequence[Sequence[str]], which: Ints, rng: np.random.Generator) -> pa.Array:
    """One phrase of the bank that `which` names, at random."""
    starts = np.cumsum([0, *(len(bank) for bank in banks)])
    sizes = np.array([len(bank) for bank in banks])
    place = starts[which] + (rng.random(len(which)) * sizes[which]).astype(np.int64)
    return pick([phrase for bank in banks for phrase in bank], place)


def _sentences(*parts: pa.Array) -> pa.Array:
    joined = pc.utf8_trim_whitespace(pc.binary_join_element_wise(*parts, " "))
    # Without a greeting the first word begins the sentence.
    first = pc.utf8_upper(pc.utf8_slice_codeunits(joined, 0, 1))
    return pc.binary_join_element_wise(first, pc.utf8_slice_codeunits(joined, 1), "")

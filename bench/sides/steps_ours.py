"""The steps of a run on one order file, in one process and by the run's own functions: the CLV step, and KPIs, cohorts and segments.

Called with the order file and the as-of day. The order model is BG/NBD, fitted to all orders: the tests on held-out orders, which
choose a model and would make the CLV step dearer, are left out.
"""

import sys

from clock import Clock

clock = Clock()
orders, until = sys.argv[1:3]

from datetime import date  # noqa: E402

from lifeworth import derive  # noqa: E402
from lifeworth import facts as told  # noqa: E402
from lifeworth.clv.elasticities import elasticities  # noqa: E402
from lifeworth.clv.learn import Learned  # noqa: E402
from lifeworth.clv.value import Fits, value  # noqa: E402
from lifeworth.data.check import readiness  # noqa: E402
from lifeworth.data.intake import take_in, told_apart  # noqa: E402
from lifeworth.engine.connect import connect  # noqa: E402
from lifeworth.features.covariates import NO_COVARIATES  # noqa: E402
from lifeworth.features.series import arrays, spend_arrays  # noqa: E402
from lifeworth.kpis import actions as kpis  # noqa: E402
from lifeworth.models import BetaGeoNBD, GammaGamma  # noqa: E402
from lifeworth.models.threads import one_thread  # noqa: E402
from lifeworth.report.progress import SILENT  # noqa: E402
from lifeworth.segments import actions as segments  # noqa: E402
from lifeworth.settings import load  # noqa: E402
from lifeworth.workspace import Workspace  # noqa: E402

settings = load({"as_of": date.fromisoformat(until), "horizon": "12m"})
clock.lap("import")
with one_thread(), connect() as engine:
    intake = take_in(engine, told_apart(orders, None, settings), settings, SILENT)
    source, cleaned = intake.source, intake.cleaned
    clock.lap("read and clean")
    rows = derive.histories(engine, cleaned, NO_COVARIATES, SILENT)
    clock.lap("history")
    derive.cohort_table(engine, cleaned)
    clock.lap("cohort table")
    h, spends = arrays(rows, settings.time_unit), spend_arrays(rows, first_order=False)
    fits = Fits(BetaGeoNBD().fit(h), GammaGamma().fit(spends.with_purchases()), first_order=False)
    clock.lap("fit")
    learned = Learned(fits, None, "BG/NBD, not tested")
    terms = derive.terms_of(engine, cleaned, settings)
    clock.lap("terms of simple CLV")
    valuation = value(rows, fits, terms)
    clock.lap("value")
    drivers = elasticities(rows, fits, terms)
    clock.lap("elasticities")
    derive.scores(engine, rows, valuation, cleaned)
    clock.lap("scores")
    derive.forecast_of_cohorts(engine, rows, learned, terms)
    clock.lap("forecast of cohorts")
    capabilities = readiness(source, cleaned, settings, engine, beside=intake.beside)
    facts = told.collect(source, cleaned, valuation, learned, terms, capabilities, settings, drivers)
    ws = Workspace(engine, settings, cleaned.as_of, cleaned.currency, facts)
    clock.skip()
    segments.segments(ws)
    clock.lap("segments page")
    kpis.cohorts(ws)
    clock.lap("cohorts page")
    kpis.kpis(ws)
    clock.lap("kpis page")
clock.say(customers=rows.num_rows)

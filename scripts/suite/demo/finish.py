"""What is computed from the documents: further desks, scorecards of the last months, the web client's bundles."""

from dateutil.relativedelta import relativedelta

from . import (
    answers_desk,
    collect_desk,
    collision_desk,
    commission_desk,
    consent_desk,
    dunning_desk,
    field_desk,
    forecast_desk,
    funds_desk,
    insight_desk,
    intake_desk,
    library_desk,
    limit_desk,
    match_desk,
    path_desk,
    pipeline_desk,
    plan_desk,
    portal_desk,
    profile_desk,
    profit_desk,
    receivables_desk,
    returns_desk,
    score_desk,
    segment_desk,
    shop_desk,
    statement_desk,
    supply_desk,
    ticket_desk,
    touch_desk,
    trial_desk,
    value_desk,
    visit_desk,
    voice_desk,
)

MONTHS = 4
BUNDLES = ("web.assets_web", "web.assets_frontend_minimal", "web.assets_frontend", "web.assets_frontend_lazy")
# Before the scorecards: these make customers and documents. After them: these read classes and sales.
BEFORE_SCORECARDS = (
    collision_desk,
    pipeline_desk,
    profile_desk,
    ticket_desk,
)
AFTER_SCORECARDS = (
    value_desk,
    forecast_desk,
    shop_desk,
    supply_desk,
    visit_desk,
    returns_desk,
    field_desk,
    intake_desk,
    voice_desk,
    answers_desk,
    portal_desk,
    library_desk,
    match_desk,
    consent_desk,
    touch_desk,
    insight_desk,
    plan_desk,
    limit_desk,
    segment_desk,
    trial_desk,
    path_desk,
    commission_desk,
    score_desk,
    receivables_desk,
    collect_desk,
    dunning_desk,
    funds_desk,
    profit_desk,
    statement_desk,
)


def make(world):
    env = world.env
    for desk in BEFORE_SCORECARDS:
        desk.make(world)
    if world.has("crm.scorecard"):
        for back in range(MONTHS, -1, -1):
            day = world.today if not back else (world.today - relativedelta(months=back - 1)).replace(day=1)
            day = day if not back else day - relativedelta(days=1)
            env["crm.scorecard"]._run(env.company, day)
            world.progress(0.5 * (1 - back / MONTHS), "scorecards")
    for desk in AFTER_SCORECARDS:
        desk.make(world)
    world.progress(0.6, "pages of the web client")
    # So that the first page does not wait for style sheets and scripts to be built.
    for bundle in BUNDLES:
        assets = env["ir.qweb"]._get_asset_bundle(bundle)
        assets.css()
        assets.js()

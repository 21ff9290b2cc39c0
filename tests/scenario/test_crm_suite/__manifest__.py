{
    "name": "Tests: Lead to Cash",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "summary": "The whole chain as a story; on the addons path of test runs only",
    "author": "Seed f2f1f355 maintainers",
    "license": "LGPL-3",
    "depends": ["crm_finance_bridge"],
    "assets": {
        "web.assets_tests": [
            "test_crm_suite/static/tests/tours/*.js",
        ],
    },
}

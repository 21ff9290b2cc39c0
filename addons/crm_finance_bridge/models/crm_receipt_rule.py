from collections import defaultdict

from odoo import api, fields, models

from ..tools import receipt_match

DECIDED = ("auto", "accepted", "refused", "undone")
FEE_TIMES = 5  # tolerances up to which a usual fee is learned, where the company says nothing else


class CrmReceiptRule(models.Model):
    """How each matching rule of a company has done, and whether it may accept on its own.

    Precision counts decisions: right is what was accepted as proposed and stayed so. A rule whose automatic matches
    were taken apart too often stops accepting by itself until somebody looks at it.
    """

    _name = "crm.receipt.rule"
    _description = "Matching Rule"
    _order = "company_id, sequence, id"
    _rec_name = "code"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    code = fields.Selection(
        lambda self: self.env["crm.receipt.match"]._rule_selection(), "Rule", required=True, readonly=True
    )
    sequence = fields.Integer(readonly=True)
    automatic = fields.Boolean(
        "May Accept Alone", help="Accepts certain matches where the company wants that; suggestions never do."
    )
    proposed = fields.Integer("Open", compute="_compute_results", help="Proposals that wait for a decision.")
    auto = fields.Integer("Automatic", compute="_compute_results", help="Accepted without a person, ever.")
    right = fields.Integer(compute="_compute_results", help="Accepted as proposed and not undone.")
    wrong = fields.Integer(compute="_compute_results", help="Refused, undone, or other invoices chosen by hand.")
    precision = fields.Float(compute="_compute_results", help="Right of all decided.", digits=(6, 4))
    auto_precision = fields.Float(
        "Automatic Right", compute="_compute_results", help="Automatic matches that were not undone.", digits=(6, 4)
    )
    state = fields.Selection(
        [
            ("auto", "Accepts alone"),
            ("proposes", "Proposes"),
            ("braked", "Stopped: wrong too often"),
            ("none", "No decision yet"),
        ],
        compute="_compute_results",
    )

    _company_code = models.UniqueIndex("(company_id, code)", "This rule exists already.")

    @api.depends("company_id", "code", "automatic")
    def _compute_results(self):
        groups = self.env["crm.receipt.match"]._read_group(
            [("company_id", "in", self.company_id.ids), ("rule", "!=", False)],
            ["company_id", "rule", "state", "was_auto", "by_hand"],
            ["__count"],
        )
        counts = defaultdict(lambda: defaultdict(int))
        for company, rule, state, was_auto, by_hand, count in groups:
            found = counts[company.id, rule]
            found["proposed"] += count * (state == "proposed")
            found["auto"] += count * was_auto
            right = state in ("auto", "accepted") and not by_hand
            found["right"] += count * right
            found["auto_wrong"] += count * (was_auto and not right)
            found["wrong"] += count * (state in DECIDED and not right)
        for rule in self:
            found = counts[rule.company_id.id, rule.code]
            decided = found["right"] + found["wrong"]
            rule.proposed, rule.auto = found["proposed"], found["auto"]
            rule.right, rule.wrong = found["right"], found["wrong"]
            rule.precision = found["right"] / decided if decided else 0.0
            rule.auto_precision = 1.0 - found["auto_wrong"] / found["auto"] if found["auto"] else 0.0
            braked = receipt_match.braked(found["auto"], found["auto_wrong"])
            may = rule.automatic and rule.code not in receipt_match.SUGGESTIONS
            rule.state = "braked" if may and braked else "auto" if may else "proposes" if decided else "none"

    def action_open_matches(self):
        """The decisions behind the figures."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("crm_finance_bridge.crm_receipt_match_action"),
            "domain": [("company_id", "=", self.company_id.id), ("rule", "=", self.code)],
            "context": {},
        }

    @api.model
    def _ensure(self, company):
        """Every rule has its record in every company."""
        Rule = self.sudo()
        known = set(Rule.search([("company_id", "=", company.id)]).mapped("code"))
        Rule.create(
            [
                {
                    "company_id": company.id,
                    "code": code,
                    "sequence": place,
                    "automatic": code not in receipt_match.SUGGESTIONS,
                }
                for place, code in enumerate(receipt_match.RULES, 1)
                if code not in known
            ]
        )

    @api.model
    def _terms(self, company, currency, scale):
        """What the pure rule may accept in this company of receipts in this currency; `scale` = its cents in a unit.

        The tolerance is set in company currency: 500 yen are no difference, 500 dollars are.
        """
        rules = self.sudo().search([("company_id", "=", company.id)])
        today = company._crm_credit_today()
        limit = company.crm_match_fee_limit or FEE_TIMES * company.crm_match_tolerance
        tolerance, limit = (
            company.currency_id._convert(amount, currency, company, today)
            for amount in (company.crm_match_tolerance, limit)
        )
        return receipt_match.Terms(
            threshold=company.crm_match_threshold,
            tolerance=round(tolerance * scale),
            fee_limit=round(limit * scale),
            off=frozenset(rules.filtered(lambda rule: rule.state != "auto").mapped("code")),
        )

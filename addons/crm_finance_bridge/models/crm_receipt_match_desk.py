from odoo import api, models

PAGE = 60
ITEMS = 80  # open items of one customer on the screen


class CrmReceiptMatch(models.Model):
    """What the matching screen reads: the queue, and one receipt beside the customer's open items."""

    _inherit = "crm.receipt.match"

    @api.model
    @api.readonly
    def get_desk(self, show="open", offset=0, search=""):
        """The queue in one call. `show`: open (certain first), certain, unmatched, done."""
        domain = self._desk_domain(show)
        if search:
            domain += ["|", "|", ("name", "ilike", search), ("text", "ilike", search), ("partner_id", "ilike", search)]
        order = "decided_at desc, id desc" if show == "done" else "confidence desc, date, id"
        matches = self.search(domain, order=order, offset=offset, limit=PAGE)
        counts = {key: self.search_count(self._desk_domain(key)) for key in ("open", "certain", "unmatched", "done")}
        return {
            "counts": counts,
            "count": self.search_count(domain),
            "page": PAGE,
            "rows": [match._desk_row() for match in matches],
            "may_decide": self.env.user.has_group("account.group_account_invoice"),
        }

    @api.model
    def _desk_domain(self, show):
        own = [("company_id", "in", self.env.companies.ids)]
        states = {
            "open": [("state", "in", ("proposed", "unmatched"))],
            "certain": [("state", "=", "proposed"), ("barrier", "=", False)],
            "unmatched": [("state", "=", "unmatched")],
            "done": [("state", "in", ("auto", "accepted"))],
        }
        return own + states.get(show, states["open"])

    def _desk_row(self):
        self.ensure_one()
        return {
            "id": self.id,
            "name": self.name,
            "text": self.text or "",
            "partner": self.partner_id.display_name or "",
            "partner_id": self.partner_id.id,
            "payer_by": self.payer_by,
            "payer_by_label": dict(self._fields["payer_by"]._description_selection(self.env)).get(self.payer_by, ""),
            "date": self.date.isoformat(),
            "amount": self.amount,
            "currency_id": self.currency_id.id,
            "state": self.state,
            "source": dict(self._fields["source"]._description_selection(self.env))[self.source],
            "confidence": 0.0 if self.by_hand else self.confidence,
            "certain": self.state == "proposed" and not self.barrier,
            "why": self.why or "",
            "why_not": self.why_not or "",
            "rule": dict(self._rule_selection()).get(self.rule, ""),
            "kept": self.kept,
            "rest": self.rest,
        }

    @api.readonly
    def get_receipt(self):
        """One receipt with its parts and the other open items of the customer (of all where nobody is known)."""
        self.ensure_one()
        parts = {line.move_line_id.id: line.amount for line in self.line_ids}
        items = self.line_ids.move_line_id
        if self.state in ("proposed", "unmatched"):
            items |= self._open_items()
        items = items.sudo()  # the invoice of a branch is shown where it is proposed
        rows = [
            {
                "id": item.id,
                "name": item.move_id.name or item.name or "",
                "partner": item.partner_id.commercial_partner_id.display_name or "",
                "reference": item.move_id.payment_reference or item.move_id.ref or "",
                "date": item.date.isoformat(),
                "due": (item.date_maturity or item.date).isoformat(),
                "open": item.amount_residual_currency,
                "part": parts.get(item.id, 0.0),
                "chosen": item.id in parts,
                "move_id": item.move_id.id,
            }
            for item in items
        ]
        rows.sort(key=lambda row: (not row["chosen"], row["due"], row["id"]))
        return {
            **self._desk_row(),
            "items": rows,
            "more": len(rows) >= ITEMS,
            "kept_move_id": self.kept_move_id.id,
            "move_id": (self.move_line_id.move_id or self.statement_line_id.move_id).id,
        }

    def _open_items(self):
        """Open receivable items in the receipt's currency and legal entity, the customer's or those near in amount."""
        domain = [
            ("company_id", "child_of", self.company_id.sudo().root_id.id),
            ("account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
            ("currency_id", "=", self.currency_id.id),
            ("id", "!=", self.move_line_id.id),
            "|",
            ("amount_residual_currency", ">", 0),
            ("move_id.move_type", "=", "out_refund"),
        ]
        Line = self.env["account.move.line"]
        if self.partner_id:
            domain.append(("partner_id", "child_of", self.partner_id.id))
            return Line.search(domain, order="date_maturity, id", limit=ITEMS)
        near = [("amount_residual_currency", ">=", self.amount * 0.97), ("amount_residual_currency", "<=", self.amount)]
        return Line.search(domain + near, order="amount_residual_currency desc, date_maturity", limit=ITEMS)

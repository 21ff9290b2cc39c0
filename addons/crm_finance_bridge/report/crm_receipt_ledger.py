"""Open receipts and open items of a company, read at once, judged by the pure rule and written as matches."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import receipt_match, receipt_reference
from ..tools.receipt_ledger import cents as _cents

LIVE = ("proposed", "unmatched")


class CrmReceiptLedger(models.AbstractModel):
    """Set-based: a few queries for any number of receipts, one rule, two inserts. See crm_receipt_source."""

    _inherit = "crm.receipt.ledger"

    @api.model
    def _refresh(self, company, receipts=None):
        """Read the open receipts of a company again and renew the proposals.

        `receipts`: only these matches (their receipts). Returns the live matches. Decisions are never touched.
        """
        self.env.flush_all()
        self.env["crm.receipt.rule"]._ensure(company)
        if receipts is None:
            self.env["crm.receipt.match"].sudo()._notice_undone(company)
        branches = self._branches(company)
        rows = self._receipt_rows(company, receipts)
        groups = defaultdict(list)
        for number, row in enumerate(rows):
            row["number"] = number
            groups[row["currency_id"], bool(row["statement_line_id"])].append(row)
        found, amounts = [], {}
        for (currency_id, bank), group in groups.items():
            currency = self.env["res.currency"].browse(currency_id)
            found += self._match_group(company, branches, currency, bank, group, amounts)
        # A bank line and a credit note may name the same invoice: claims are settled over all groups.
        findings = receipt_match.contest({row["number"]: finding for row, finding, *_more in found}, amounts)
        found = [(row, findings[row["number"]], *more) for row, _finding, *more in found]
        return self._write_found(company, found, receipts)

    # === JUDGE === #

    def _match_group(self, company, branches, currency, bank, rows, amounts):
        """[(row, Finding, {item id: account id}, scale)] of the receipts of one currency.

        Enters the cents open of each item into `amounts`.
        """
        scale = 10**currency.decimal_places
        tokens = {token for row in rows for token in receipt_reference.tokens(row["text"])}
        few = len(rows) <= 200 and all(row["partner_id"] for row in rows)
        partners = {row["partner_id"] for row in rows} if few else None
        advices = self.env["crm.remittance.advice"]._open_by_partner(company, currency, scale) if rows else {}
        if partners is not None:
            tokens |= {token for found in advices.values() for advice in found for token in advice.tokens()}
        raw = self._item_rows(company, branches, currency, partners, list(tokens))
        if bank:
            raw += self._outstanding_rows(company, currency)
        items = [
            receipt_match.Item(
                *(row[0], row[1], row[2], _cents(row[3], scale), row[4]),
                keys=receipt_reference.document_keys(*row[5:9]),
                discount=_cents(row[9] or 0, scale),
                discount_date=row[10],
                away=row[12],
            )
            for row in raw
        ]
        accounts = {row[0]: row[11] for row in raw}
        amounts.update((item.id, item.amount) for item in items)
        open_keys = {key for item in items for key in item.keys}
        paid = self._settled_keys(branches, [token for token in tokens if token not in open_keys])
        terms = self.env["crm.receipt.rule"]._terms(company, currency, scale)
        habits = self._habits(company, currency, scale, max(terms.tolerance, terms.fee_limit))
        ledger = receipt_match.Ledger(items, habits, paid)
        receipts, refused = [], self._refused(rows)
        for row in rows:
            amount = _cents(row["amount"], scale)
            row["advice_id"], advice = self._advice(advices, row, amount)
            receipts.append(
                receipt_match.Receipt(
                    *(row["number"], row["partner_id"], amount, row["date"], row["text"] or "", advice),
                    refused=frozenset(refused[row["move_line_id"], row["statement_line_id"]]),
                    money=row["source"] in ("payment", "bank"),
                    own=row["move_line_id"] or 0,
                )
            )
        findings = receipt_match.match(receipts, ledger, terms)
        return [(row, findings[row["number"]], accounts, scale) for row in rows]

    def _advice(self, advices, row, amount):
        """(id, lines) of the only open advice of this payer over this amount."""
        fitting = [advice for advice in advices.get(row["partner_id"], ()) if advice.amount == amount]
        return (fitting[0].id, fitting[0].lines) if len(fitting) == 1 else (None, ())

    def _refused(self, rows):
        """{(credit, bank line): {item ids refused}}: what a person refused or took apart is not proposed again."""
        refused = defaultdict(set)
        lines = [row["move_line_id"] or 0 for row in rows]
        banks = [row["statement_line_id"] or 0 for row in rows]
        found = self.env.execute_query(
            SQL(
                """
                SELECT receipt.move_line_id, receipt.statement_line_id, ARRAY_AGG(part.move_line_id)
                  FROM crm_receipt_match receipt JOIN crm_receipt_match_line part ON part.match_id = receipt.id
                 WHERE (receipt.state IN ('refused', 'undone') OR part.removed)
                   AND (receipt.move_line_id = ANY(%s) OR receipt.statement_line_id = ANY(%s))
                 GROUP BY receipt.id
                """,
                *(lines, banks),
            )
        )
        for line, bank, items in found:
            # A bank line whose booking was only un-reconciled comes back as the open credit it was booked to.
            for key in ((line, None), (None, bank)):
                refused[key].add(frozenset(items))
        return refused

    # === WRITE === #

    def _write_found(self, company, found, receipts):
        """Replace the live proposals by what was found; unchanged ones keep their id."""
        Match = self.env["crm.receipt.match"].sudo()
        domain = [("company_id", "=", company.id), ("state", "in", LIVE)]
        if receipts is not None:
            domain.append(("id", "in", receipts.ids))
        known = {}
        for match in Match.search(domain):
            known[match.move_line_id.id or None, match.statement_line_id.id or None] = match
        new = []
        for row, finding, accounts, scale in found:
            values = self._values(company, row, finding, accounts, scale)
            old = known.pop((row["move_line_id"], row["statement_line_id"]), None)
            if old and old._fails_again(values):
                values["barrier"] = "failed"
            if old and old._same(values):
                continue
            if old:
                old._rewrite(values)
            else:
                new.append(values)
        for match in known.values():
            match.unlink()
        Match._insert(new)
        return Match.search(domain[:2])

    def _values(self, company, row, finding, accounts, scale):
        candidate, barrier = finding.candidate, finding.barrier
        parts = [(item, cents / scale, item in candidate.early) for item, cents in candidate.parts] if candidate else []
        used = {accounts[item] for item, *_amount in parts} | ({row["account_id"]} if row["account_id"] else set())
        if len(used) > 1:
            barrier = "account"
        return {
            "company_id": company.id,
            "currency_id": row["currency_id"],
            "partner_id": row["partner_id"] or finding.payer or None,
            "source": row["source"],
            "move_line_id": row["move_line_id"],
            "statement_line_id": row["statement_line_id"],
            "name": row["name"] or "/",
            "text": row["text"] or None,
            "payer_by": row["payer_by"] if row["partner_id"] else "reference" if finding.payer else None,
            "date": fields.Date.to_string(row["date"]),
            "amount": float(row["amount"]),
            "rule": candidate.rule if candidate else None,
            "confidence": min(round(candidate.confidence, 4), 0.9999) if candidate else 0.0,
            "margin": round(finding.margin, 4),
            "rivals": candidate.rivals if candidate else 0,
            "barrier": barrier or None,
            "kept": candidate.kept / scale if candidate else 0.0,
            "rest": candidate.rest / scale if candidate else 0.0,
            "short": candidate.short / scale if candidate else 0.0,
            "seen": candidate.seen if candidate else 0,
            "advice_id": row["advice_id"],
            "state": "proposed" if candidate else "unmatched",
            "parts": parts,
        }

"""Open receipts and open items of a company, read at once, judged by the pure rule and written as matches."""

from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import receipt_match, receipt_reference

LIVE = ("proposed", "unmatched")
KEYS_OF_SETTLED = 20_000  # of tokens that name nothing open: looked up among settled documents


class CrmReceiptLedger(models.AbstractModel):
    """Set-based gathering: three queries for any number of receipts, one rule, two inserts."""

    _name = "crm.receipt.ledger"
    _description = "Open Receipts and Items"

    @api.model
    def _refresh(self, company, receipts=None):
        """Read the open receipts of a company again and renew the proposals.

        `receipts`: only these matches (their receipts). Returns the live matches. Decisions are never touched.
        """
        self.env.flush_all()
        self.env["crm.receipt.rule"]._ensure(company)
        if receipts is None:
            self.env["crm.receipt.match"].sudo()._notice_undone(company)
        rows = self._receipt_rows(company, receipts)
        groups = defaultdict(list)
        for row in rows:
            groups[row["currency_id"], bool(row["statement_line_id"])].append(row)
        found = []
        for (currency_id, bank), group in groups.items():
            found += self._match_group(company, self.env["res.currency"].browse(currency_id), bank, group)
        return self._write(company, found, receipts)

    # === READ === #

    def _receipt_rows(self, company, receipts):
        """Open credits and unbooked bank lines: [dict]. Payer of a bank line by what the bank says, see _sql_payer."""
        only_line, only_bank = SQL("TRUE"), SQL("TRUE")
        if receipts is not None:
            credits = receipts.filtered(lambda match: not match.statement_line_id).move_line_id
            only_line = SQL("line.id IN %s", tuple(credits.ids) or (0,))
            only_bank = SQL("bank.id IN %s", tuple(receipts.statement_line_id.ids) or (0,))
        query = SQL(
            """
            %(payer)s
            SELECT line.id AS move_line_id, NULL::int AS statement_line_id, line.currency_id, line.account_id,
                   partner.commercial_partner_id AS partner_id, 'receipt' AS payer_by,
                   CASE WHEN move.move_type = 'out_refund' THEN 'credit'
                        WHEN line.payment_id IS NOT NULL OR line.statement_line_id IS NOT NULL THEN 'payment'
                        ELSE 'entry' END AS source,
                   move.name, line.date, -line.amount_residual_currency AS amount,
                   CONCAT_WS(' ', payment.memo, move.ref, origin.name, NULLIF(line.name, move.name)) AS text
              FROM account_move_line line
              JOIN account_account account ON account.id = line.account_id AND account.account_type = 'asset_receivable'
              JOIN account_move move ON move.id = line.move_id
         LEFT JOIN account_payment payment ON payment.id = line.payment_id
         LEFT JOIN account_move origin ON origin.id = move.reversed_entry_id
         LEFT JOIN res_partner partner ON partner.id = line.partner_id
             WHERE line.reconciled IS NOT TRUE AND line.parent_state = 'posted' AND line.company_id = %(company)s
               AND line.amount_residual_currency < 0 AND %(only_line)s
             UNION ALL
            SELECT NULL, bank.id, COALESCE(bank.foreign_currency_id, bank.currency_id), NULL,
                   payer.partner_id, payer.payer_by, 'bank', COALESCE(bank.payment_ref, move.name), move.date,
                   -bank.amount_residual, CONCAT_WS(' ', bank.payment_ref, move.ref)
              FROM account_bank_statement_line bank
              JOIN account_move move ON move.id = bank.move_id AND move.state = 'posted'
         LEFT JOIN payer ON payer.bank_id = bank.id
             WHERE bank.is_reconciled IS NOT TRUE AND bank.company_id = %(company)s AND bank.amount > 0
               AND bank.amount_residual < 0 AND %(only_bank)s
            """,
            payer=self._sql_payer(company),
            company=company.id,
            only_line=only_line,
            only_bank=only_bank,
        )
        self.env.cr.execute(query)
        return self.env.cr.dictfetchall()

    def _sql_payer(self, company):
        """Who sent a bank line: as stated, else by bank account, by name, or by earlier lines of the same account.

        Only where one customer answers: two customers of one name are nobody.
        """
        return SQL(
            """
            WITH unbooked AS (
                SELECT id AS bank_id, partner_id, LOWER(TRIM(partner_name)) AS who,
                       UPPER(REGEXP_REPLACE(account_number, '[^A-Za-z0-9]', '', 'g')) AS account
                  FROM account_bank_statement_line
                 WHERE is_reconciled IS NOT TRUE AND company_id = %(company)s AND amount > 0
            ), guess AS (
                SELECT bank_id, partner_id, 'receipt' AS payer_by, 1 AS place
                  FROM unbooked WHERE partner_id IS NOT NULL
                 UNION ALL
                SELECT bank_id, account.partner_id, 'account', 2
                  FROM unbooked JOIN res_partner_bank account ON account.sanitized_acc_number = unbooked.account
                 WHERE unbooked.account <> '' AND account.active
                 UNION ALL
                SELECT bank_id, partner.id, 'name', 3
                  FROM unbooked JOIN res_partner partner ON LOWER(TRIM(partner.name)) = unbooked.who
                 WHERE unbooked.who <> '' AND partner.active AND COALESCE(partner.company_id, %(company)s) = %(company)s
                 UNION ALL
                SELECT bank_id, earlier.partner_id, 'habit', 4
                  FROM unbooked
                  JOIN account_bank_statement_line earlier ON earlier.is_reconciled
                   AND earlier.company_id = %(company)s AND earlier.partner_id IS NOT NULL
                   AND UPPER(REGEXP_REPLACE(earlier.account_number, '[^A-Za-z0-9]', '', 'g')) = unbooked.account
                 WHERE unbooked.account <> ''
            ), counted AS (
                SELECT bank_id, payer_by, place, MIN(partner.commercial_partner_id) AS partner_id
                  FROM guess JOIN res_partner partner ON partner.id = guess.partner_id
                 GROUP BY bank_id, payer_by, place
                HAVING COUNT(DISTINCT partner.commercial_partner_id) = 1
            ), payer AS (
                SELECT DISTINCT ON (bank_id) bank_id, partner_id, payer_by FROM counted ORDER BY bank_id, place
            )
            """,
            company=company.id,
        )

    def _item_rows(self, company, currency, partners, keys):
        """Open items: (id, partner, document, residual, due, names, discount, discount date, account id).

        Of these customers, or (None: everybody's) any. Debits of receivable accounts and open credit notes; amounts
        in the document's currency.
        """
        owner = SQL("TRUE")
        if partners is not None:
            owner = SQL(
                """(partner.commercial_partner_id IN %s
                    OR UPPER(REGEXP_REPLACE(move.name, '[^A-Za-z0-9]', '', 'g')) = ANY(%s)
                    OR REGEXP_REPLACE(move.name, '[^0-9]', '', 'g') = ANY(%s)
                    OR UPPER(REGEXP_REPLACE(move.payment_reference, '[^A-Za-z0-9]', '', 'g')) = ANY(%s))""",
                *(tuple(partners) or (0,), keys, keys, keys),
            )
        return self.env.execute_query(
            SQL(
                """
                SELECT line.id, partner.commercial_partner_id, line.move_id, line.amount_residual_currency,
                       COALESCE(line.date_maturity, line.date), move.name, move.payment_reference, move.ref,
                       move.invoice_origin,
                       CASE WHEN line.discount_date IS NOT NULL
                             AND line.amount_residual_currency = line.amount_currency
                            THEN line.amount_currency - line.discount_amount_currency END,
                       line.discount_date, line.account_id
                  FROM account_move_line line
                  JOIN account_account account
                    ON account.id = line.account_id AND account.account_type = 'asset_receivable'
                  JOIN account_move move ON move.id = line.move_id
                  JOIN res_partner partner ON partner.id = line.partner_id
                 WHERE line.reconciled IS NOT TRUE AND line.parent_state = 'posted' AND line.company_id = %(company)s
                   AND line.currency_id = %(currency)s AND %(owner)s
                   AND (line.amount_residual_currency > 0
                        OR (line.amount_residual_currency < 0 AND move.move_type = 'out_refund'))
                """,
                company=company.id,
                currency=currency.id,
                owner=owner,
            )
        )

    def _outstanding_rows(self, company, currency):
        """Payments registered in Odoo that still wait for their bank line: what a bank line settles first."""
        return self.env.execute_query(
            SQL(
                """
                SELECT line.id, partner.commercial_partner_id, line.move_id, line.amount_residual_currency, line.date,
                       move.name, payment.memo, payment.payment_reference, NULL, NULL, NULL, line.account_id
                  FROM account_move_line line
                  JOIN account_account account ON account.id = line.account_id AND account.reconcile
                   AND account.account_type NOT IN ('asset_receivable', 'liability_payable')
                  JOIN account_payment payment ON payment.id = line.payment_id AND payment.payment_type = 'inbound'
                  JOIN account_move move ON move.id = line.move_id
                  JOIN res_partner partner ON partner.id = line.partner_id
                 WHERE line.reconciled IS NOT TRUE AND line.parent_state = 'posted' AND line.company_id = %(company)s
                   AND line.currency_id = %(currency)s AND line.amount_residual_currency > 0
                """,
                company=company.id,
                currency=currency.id,
            )
        )

    def _settled_keys(self, company, tokens):
        """{key: strength} of settled documents that these tokens name."""
        tokens = [token for token in tokens if len(token) >= receipt_reference.NUMBER_DIGITS][:KEYS_OF_SETTLED]
        if not tokens:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT name, payment_reference FROM account_move
                 WHERE company_id = %s AND move_type = 'out_invoice' AND state = 'posted'
                   AND payment_state IN ('paid', 'in_payment', 'reversed')
                   AND (UPPER(REGEXP_REPLACE(name, '[^A-Za-z0-9]', '', 'g')) = ANY(%s)
                        OR REGEXP_REPLACE(name, '[^0-9]', '', 'g') = ANY(%s))
                """,
                *(company.id, tokens, tokens),
            )
        )
        return {key: strength for row in rows for key, strength in receipt_reference.document_keys(*row).items()}

    def _habits(self, company, currency, scale):
        """{partner id: Habit} from the decisions on earlier receipts."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner_id, ARRAY_AGG(COALESCE(kept, 0)) FROM crm_receipt_match
                 WHERE company_id = %s AND currency_id = %s AND state IN ('auto', 'accepted')
                   AND partner_id IS NOT NULL AND COALESCE(rule, '') NOT IN ('reference_discount', 'amount_discount')
                 GROUP BY partner_id HAVING MAX(kept) > 0
                """,
                *(company.id, currency.id),
            )
        )
        return {partner: receipt_match.learn([_cents(kept, scale) for kept in history]) for partner, history in rows}

    # === JUDGE === #

    def _match_group(self, company, currency, bank, rows):
        """[(row, Finding, {item id: account id}, scale)] of the receipts of one currency."""
        scale = 10**currency.decimal_places
        tokens = {token for row in rows for token in receipt_reference.tokens(row["text"])}
        few = len(rows) <= 200 and all(row["partner_id"] for row in rows)
        partners = {row["partner_id"] for row in rows} if few else None
        advices = self.env["crm.remittance.advice"]._open_by_partner(company, currency, scale) if rows else {}
        if partners is not None:
            tokens |= {token for found in advices.values() for advice in found for token in advice.tokens()}
        raw = self._item_rows(company, currency, partners, list(tokens))
        if bank:
            raw += self._outstanding_rows(company, currency)
        items = [
            receipt_match.Item(
                *(row[0], row[1], row[2], _cents(row[3], scale), row[4]),
                keys=receipt_reference.document_keys(*row[5:9]),
                discount=_cents(row[9] or 0, scale),
                discount_date=row[10],
            )
            for row in raw
        ]
        accounts = {row[0]: row[11] for row in raw}
        open_keys = {key for item in items for key in item.keys}
        paid = self._settled_keys(company, [token for token in tokens if token not in open_keys])
        ledger = receipt_match.Ledger(items, self._habits(company, currency, scale), paid)
        receipts, refused = [], self._refused(rows)
        for number, row in enumerate(rows):
            amount = _cents(row["amount"], scale)
            row["advice_id"], advice = self._advice(advices, row, amount)
            receipts.append(
                receipt_match.Receipt(
                    *(number, row["partner_id"], amount, row["date"], row["text"] or "", advice),
                    refused=frozenset(refused[row["move_line_id"], row["statement_line_id"]]),
                    money=row["source"] in ("payment", "bank"),
                    own=row["move_line_id"] or 0,
                )
            )
        findings = receipt_match.match(receipts, ledger, self.env["crm.receipt.rule"]._terms(company, scale))
        return [(row, findings[number], accounts, scale) for number, row in enumerate(rows)]

    def _advice(self, advices, row, amount):
        """(id, lines) of the only open advice of this payer over this amount."""
        fitting = [advice for advice in advices.get(row["partner_id"], ()) if advice.amount == amount]
        return (fitting[0].id, fitting[0].lines) if len(fitting) == 1 else (None, ())

    def _refused(self, rows):
        """{(credit, bank line): {item ids refused}}: what a person refused is not proposed again."""
        refused = defaultdict(set)
        lines = [row["move_line_id"] or 0 for row in rows]
        banks = [row["statement_line_id"] or 0 for row in rows]
        found = self.env.execute_query(
            SQL(
                """
                SELECT CASE WHEN receipt.statement_line_id IS NULL THEN receipt.move_line_id END,
                       receipt.statement_line_id, ARRAY_AGG(part.move_line_id)
                  FROM crm_receipt_match receipt JOIN crm_receipt_match_line part ON part.match_id = receipt.id
                 WHERE receipt.state IN ('refused', 'undone')
                   AND (receipt.move_line_id = ANY(%s) OR receipt.statement_line_id = ANY(%s))
                 GROUP BY receipt.id
                """,
                *(lines, banks),
            )
        )
        for line, bank, items in found:
            refused[line, bank].add(frozenset(items))
        return refused

    # === WRITE === #

    def _write(self, company, found, receipts):
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
        parts = [(item, cents / scale) for item, cents in candidate.parts] if candidate else []
        used = {accounts[item] for item, _amount in parts} | ({row["account_id"]} if row["account_id"] else set())
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
            "payer_by": row["payer_by"] if row["partner_id"] else None,
            "date": fields.Date.to_string(row["date"]),
            "amount": float(row["amount"]),
            "rule": candidate.rule if candidate else None,
            "confidence": round(candidate.confidence, 4) if candidate else 0.0,
            "margin": round(finding.margin, 4),
            "rivals": candidate.rivals if candidate else 0,
            "barrier": barrier or None,
            "kept": candidate.kept / scale if candidate else 0.0,
            "rest": candidate.rest / scale if candidate else 0.0,
            "advice_id": row["advice_id"],
            "state": "proposed" if candidate else "unmatched",
            "parts": parts,
        }


def _cents(amount, scale):
    return int((Decimal(str(amount)) * scale).to_integral_value())

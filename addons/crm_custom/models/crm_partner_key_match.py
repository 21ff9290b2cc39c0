from odoo import api, models
from odoo.tools import SQL

from ..tools import identity as ident
from ..tools import likeness

NAME_THRESHOLD = 0.4  # trigram similarity from which a name is looked at
CANDIDATES = 40  # nearest names that are compared in full
MIN_NAME = 3  # letters typed before names are compared; two CJK characters


class CrmPartnerKey(models.Model):
    _inherit = "crm.partner.key"

    @api.model
    def _matches(self, record, exclude_ids=()):
        """[(partner id, Likeness)] of the partners that may be this identity, likeliest first.

        Sees all partners: whoever calls this shows only what the user may read. Why SQL: trigram and array indexes
        find the candidates among 100,000 partners; the rules of `tools/likeness.py` judge the few that are left.
        """
        self._flush_marked()
        candidates = self._candidates(record) - set(exclude_ids)
        found = []
        for partner_id, other in self._identities(candidates).items():
            judged = likeness.compare(record, other)
            if judged.certainty:
                found.append((partner_id, judged))
        return sorted(found, key=lambda match: (-match[1].score, match[0]))

    @api.model
    def _candidates(self, record):
        queries = []
        exact = sorted(ident.numbers(record))
        if exact:
            queries.append(SQL("(SELECT partner_id FROM crm_partner_key WHERE numbers && %s LIMIT 100)", exact))
        name = " ".join(sorted({ident.encode(token) for token in record.name}))
        if len(name) >= MIN_NAME:
            self.env.cr.execute(SQL("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", str(NAME_THRESHOLD)))
            queries.append(
                SQL(
                    """(SELECT partner_id FROM crm_partner_key WHERE name_key %% %(name)s
                         ORDER BY SIMILARITY(name_key, %(name)s) DESC, partner_id LIMIT %(limit)s)""",
                    name=name,
                    limit=CANDIDATES,
                )
            )
        if not queries:
            return set()
        return {row[0] for row in self.env.execute_query(SQL(" UNION ").join(queries))}

    # === SAYING WHY === #

    @api.model
    def _why(self, parts):
        """One sentence of the parts [(what, level)]: what agrees, then what speaks against it."""
        texts = self._part_texts()
        known = [texts.get((what, level)) for what, level in parts]
        agree = [text for text in known if text and text[0]]
        differ = [text for text in known if text and not text[0]]
        sentence = ", ".join(text[1] for text in agree)
        if differ:
            against = ", ".join(text[1] for text in differ)
            sentence = self.env._("%(agree)s; but %(differ)s", agree=sentence, differ=against) if sentence else against
        return sentence[:1].upper() + sentence[1:]

    @api.model
    def _part_texts(self):
        """{(what, level): (speaks for one customer, text)}."""
        return {
            ("vat", "same"): (True, self.env._("same tax number")),
            ("vat", "close"): (True, self.env._("tax number differs in one character")),
            ("vat", "different"): (False, self.env._("another tax number")),
            ("email", "same"): (True, self.env._("same email")),
            ("email", "domain"): (True, self.env._("same mail domain")),
            ("phone", "same"): (True, self.env._("same phone number")),
            ("name", "same"): (True, self.env._("same name")),
            ("name", "close"): (True, self.env._("nearly the same name")),
            ("name", "similar"): (True, self.env._("similar name")),
            ("name", "partly"): (True, self.env._("name partly the same")),
            ("name", "different"): (False, self.env._("another name")),
            ("street", "same"): (True, self.env._("same street")),
            ("street", "close"): (True, self.env._("nearly the same street")),
            ("street", "similar"): (True, self.env._("similar street")),
            ("street", "different"): (False, self.env._("another street")),
            ("zip", "same"): (True, self.env._("same postcode")),
            ("zip", "close"): (True, self.env._("postcode differs in one character")),
            ("zip", "different"): (False, self.env._("another postcode")),
            ("city", "same"): (True, self.env._("same city")),
            ("city", "close"): (True, self.env._("nearly the same city")),
            ("city", "different"): (False, self.env._("another city")),
        }

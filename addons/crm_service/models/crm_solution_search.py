from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, create_index, sql

from ..tools import words

# Stems by language code; every supported PostgreSQL brings these.
CONFIGS = {
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nb": "norwegian",
    "nl": "dutch",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}
MAX_WORDS = 60  # different words of a text that are looked for
FUZZY_WORDS = 8  # up to so many words the text is a search: misspelt words are looked for, too


class CrmSolution(models.Model):
    """Ranked search of solutions: full text (exact words, stems, Chinese pairs) and similar spelling, one query."""

    _inherit = "crm.solution"

    search_text = fields.Char("Symptom", compute="_compute_search_text", search="_search_search_text")

    def init(self):
        """The words of a solution as one full-text column: no field, PostgreSQL alone reads it."""
        if not sql.column_exists(self.env.cr, self._table, "search_vector"):
            sql.create_column(self.env.cr, self._table, "search_vector", "tsvector")
            sql.create_column(self.env.cr, self._table, "search_title", "text")
        create_index(self.env.cr, "crm_solution_search_idx", self._table, ["search_vector"], method="gin")
        if self.env.registry.has_trigram:
            title = ["search_title gin_trgm_ops"]
            create_index(self.env.cr, "crm_solution_title_idx", self._table, title, method="gin")

    @api.model_create_multi
    def create(self, vals_list):
        solutions = super().create(vals_list)
        solutions._index()
        return solutions

    def write(self, vals):
        result = super().write(vals)
        if {"name", "symptom", "answer", "lang", "product_ids"} & vals.keys():
            self._index()
        return result

    def _index(self):
        """Write the search columns: problem before symptoms and products before answer, exact words and stems."""
        for solution in self.sudo():
            products = " ".join(solution.product_ids.mapped("display_name"))
            texts = (solution.name, f"{solution.symptom or ''}\n{products}", words.plain(solution.answer))
            name, symptom, answer = (" ".join(words.words(text)) for text in texts)
            vectors = [
                SQL('setweight(to_tsvector(%s::regconfig, %s), %s::"char")', config, text, weight)
                for config in ("simple", self._search_config(solution.lang))
                for text, weight in ((name, "A"), (symptom, "B"), (answer, "D"))
            ]
            self.env.cr.execute(
                SQL(
                    "UPDATE crm_solution SET search_title = %s, search_vector = %s WHERE id = %s",
                    name,
                    SQL(" || ").join(vectors),
                    solution.id,
                )
            )

    @api.model
    def _search_config(self, lang):
        """Return the PostgreSQL text search configuration of a language code; 'simple' where there are no stems."""
        return CONFIGS.get((lang or "").split("_")[0], "simple")

    # === SEARCH === #

    def _compute_search_text(self):
        self.search_text = False

    @api.model
    def _search_search_text(self, operator, value):
        """Search view: the 80 best for what was typed, of any state that the user may see."""
        if operator not in ("ilike", "=", "in"):
            return NotImplemented
        texts = value if operator == "in" else [value]
        found = self._search_scores(" ".join(str(text or "") for text in texts), 80)
        return Domain("id", "in", [number for number, _score in found])

    @api.model
    def _offered_domain(self, portal=False):
        """Approved, valid today, of the user's companies; for customers only what is shown to them."""
        today = fields.Date.context_today(self)
        domain = Domain("state", "=", "approved") & Domain("company_id", "in", [*self.env.companies.ids, False])
        domain &= Domain("date_expiry", "=", False) | Domain("date_expiry", ">=", today)
        return domain & Domain("portal_visible", "=", True) if portal else domain

    @api.model
    def _search_ranked(self, text, limit=10, portal=False, product=None, category=None):
        """Return the approved solutions that fit `text` (plain text of any length), best first.

        `portal`: only those shown to customers. `product`, `category`: records that speak for a solution; one that
        names the product fits even without a word in common. The user's rights and companies hold.
        """
        domain = self._offered_domain(portal)
        return self.browse(n for n, _score in self._search_scores(text, limit, domain, product, category))

    @api.model
    def _search_scores(self, text, limit=10, domain=(), product=None, category=None):
        """Return [(id, score)], best first; score is relative: 0 and more, comparable within one search only."""
        wanted = list(dict.fromkeys(words.content_words(text) or words.words(text)))[:MAX_WORDS]
        if not (wanted or product):
            return []
        query = self._search(Domain(domain))
        if query.is_empty():
            return []
        match, score = self._search_terms(wanted)
        matches, scores = [match], [score]
        for records, field, weight in ((product, "product_ids", 0.4), (category, "category_ids", 0.2)):
            if records:
                named = self._search_named(field, records)
                scores.append(SQL("CASE WHEN %s THEN %s ELSE 0 END", named, weight))
                if field == "product_ids":
                    matches.append(named)
        # What worked before comes first among what fits alike: +0 % to +50 %, +25 % when never judged.
        helped = SQL("(1 + 0.5 * (crm_solution.helped_count + 1) / (crm_solution.judged_count + 2.0))")
        own = SQL("CASE WHEN crm_solution.lang = %s THEN 1.1 ELSE 1 END", self.env.lang or "")
        query.add_where(SQL("(%s)", SQL(" OR ").join(matches)))
        rank = SQL("(%s) * %s * %s AS rank", SQL(" + ").join(scores), helped, own)
        query.order = SQL("rank DESC, crm_solution.id DESC")
        query.limit = limit
        self.flush_model(["helped_count", "judged_count", "lang"])
        return self.env.execute_query(query.select(SQL("crm_solution.id"), rank))

    @api.model
    def _search_terms(self, wanted):
        """Return (condition, score) as SQL for these words; both columns are indexed."""
        if not wanted:
            return SQL("FALSE"), SQL("0")
        codes = [code for code, _name in self.env["res.lang"].get_installed()]
        configs = ["simple", *sorted({self._search_config(code) for code in codes} - {"simple"})]
        # Words are letters and digits only (tools/words.py): they cannot leave the quotes.
        text = " | ".join(f"'{word}'" for word in wanted)
        tsquery = SQL(" || ").join(SQL("to_tsquery(%s::regconfig, %s)", config, text) for config in configs)
        match = SQL("crm_solution.search_vector @@ (%s)", tsquery)
        score = SQL("ts_rank(crm_solution.search_vector, %s)", tsquery)
        if self.env.registry.has_trigram and len(wanted) <= FUZZY_WORDS:
            near = [SQL("%s <%% crm_solution.search_title", word) for word in wanted if len(word) > 3]
            match = SQL("(%s)", SQL(" OR ").join([match, *near]))
            spelt = SQL("word_similarity(%s, COALESCE(crm_solution.search_title, ''))", " ".join(wanted))
            score = SQL("%s + 0.5 * %s", score, spelt)
        return match, score

    @api.model
    def _search_named(self, field, records):
        relation = self._fields[field]
        return SQL(
            "EXISTS (SELECT 1 FROM %s named WHERE named.%s = crm_solution.id AND named.%s IN %s)",
            SQL.identifier(relation.relation),
            SQL.identifier(relation.column1),
            SQL.identifier(relation.column2),
            tuple(records.ids),
        )

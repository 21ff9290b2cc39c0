import {Component, onWillStart, useState} from "@odoo/owl";
import {DateTimeInput} from "@web/core/datetime/datetime_input";
import {deserializeDate, serializeDate} from "@web/core/l10n/dates";
import {formatCurrency} from "@web/core/currency";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {KeepLast} from "@web/core/utils/concurrency";
import {useSetupAction} from "@web/search/action_hook";
import {Layout} from "@web/search/layout";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";

const PAGE_SIZE = 80;
const UNAPPLIED = [["residual", "<", 0]];
const NO_FILTERS = {
    company_id: false,
    user_id: false,
    team_id: false,
    territory_id: false,
    customer_class: false,
    currency_id: false,
    flag: false,
};

/** Receivables at a date by customer, salesperson ... and age: one call fills the screen, each figure opens its items. */
export class Receivables extends Component {
    static template = "crm_finance_bridge.Receivables";
    static components = {DateTimeInput, Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.display = {controlPanel: {}};
        this.keepLast = new KeepLast();
        this.state = useState({
            as_of: false,
            group_by: "partner_id",
            age_by: "due",
            filters: {...NO_FILTERS},
            order: "total",
            offset: 0,
            board: null,
            kpis: [],
            options: {},
            ...this.props.state,
        });
        useSetupAction({
            getLocalState: () => {
                const {as_of, group_by, age_by, filters, order, offset} = this.state;
                return {as_of, group_by, age_by, filters: {...filters}, order, offset};
            },
        });
        onWillStart(() => this.load());
    }

    async load() {
        const {as_of, group_by, age_by, filters, order, offset} = this.state;
        this.state.board = await this.keepLast.add(
            this.orm.call("crm.aging", "get_board", [], {
                as_of,
                filters: {...filters},
                group_by,
                age_by,
                order,
                offset,
                limit: PAGE_SIZE,
            })
        );
        this.loadOptions();
        this.loadKpis();
    }

    /** What there is to filter by costs a scan of its own: the table does not wait for it. */
    async loadOptions() {
        const {as_of} = this.board;
        if (as_of !== this.optionsOf) {
            this.optionsOf = as_of;
            const options = await this.orm.call("crm.aging", "get_options", [], {as_of});
            if (as_of === this.optionsOf) {
                this.state.options = options;
            }
        }
    }

    /** The strip of figures reads two dates more: the table does not wait for it. */
    async loadKpis() {
        const {company_id, user_id, team_id} = this.state.filters;
        const wanted = JSON.stringify([this.board.as_of, company_id, user_id, team_id]);
        if (wanted !== this.kpisOf) {
            this.kpisOf = wanted;
            const kpis = await this.orm.call("crm.aging", "get_kpis", [], {
                as_of: this.board.as_of,
                filters: {company_id, user_id, team_id},
            });
            if (wanted === this.kpisOf) {
                this.state.kpis = kpis;
            }
        }
    }

    get board() {
        return this.state.board;
    }

    get asOf() {
        return deserializeDate(this.board.as_of);
    }

    get bucketField() {
        return this.board.age_by === "invoice" ? "invoice_bucket" : "bucket";
    }

    get dimensions() {
        return [
            ["partner_id", _t("Customer")],
            ["user_id", _t("Salesperson")],
            ["team_id", _t("Sales team")],
            ["territory_id", _t("Territory")],
            ["customer_class", _t("Class")],
            ["currency_id", _t("Currency")],
        ];
    }

    get heading() {
        return Object.fromEntries(this.dimensions)[this.board.group_by];
    }

    /** Filters with something to choose from. */
    get selects() {
        const {companies} = this.board;
        const found = companies.length > 1 ? [["company_id", _t("Company"), companies]] : [];
        for (const [name, label] of this.dimensions.slice(1)) {
            const options = this.state.options[name] || [];
            if (options.length > 1 || this.state.filters[name]) {
                found.push([name, label, options]);
            }
        }
        return found;
    }

    get cards() {
        const {as_of} = this.board;
        const week = serializeDate(this.asOf.plus({days: 7}));
        const owed = ["residual", ">", 0];
        const cards = [
            {key: "total", label: _t("Open in total"), domain: []},
            {key: "due_today", label: _t("Due today"), domain: [owed, ["due_date", "=", as_of]]},
            {
                key: "due_week",
                label: _t("Due in the next 7 days"),
                domain: [owed, ["due_date", ">", as_of], ["due_date", "<=", week]],
            },
            {key: "overdue", label: _t("Overdue"), domain: [["days_overdue", ">", 0]], danger: true},
        ];
        if (this.board.totals.disputed.items) {
            cards.push({
                key: "undisputed",
                label: _t("Overdue, not disputed"),
                domain: [["days_overdue", ">", 0]],
                danger: true,
            });
        }
        return cards;
    }

    get flagCards() {
        const {flags, concentration} = this.board;
        const threshold = concentration && concentration.threshold;
        return [
            {key: "over_limit", label: _t("Overdue over limit"), ...flags.over_limit},
            {key: "too_old", label: _t("Overdue too long"), ...flags.too_old},
            {
                key: "concentrated",
                label: _t("Above %s %% of all", threshold),
                hidden: !threshold,
                ...flags.concentrated,
            },
        ].filter((card) => !card.hidden);
    }

    get concentrationText() {
        const {largest, top} = this.board.concentration;
        return _t("Largest customer %(largest)s %, five largest %(top)s % of what is owed.", {
            largest: largest.toFixed(1),
            top: top.toFixed(1),
        });
    }

    /** Columns beside the buckets that hold something. */
    get extras() {
        const labels = {
            overdue: _t("Overdue"),
            disputed: _t("Disputed"),
            promised: _t("Promised"),
            unapplied: _t("Unapplied"),
        };
        return Object.entries(labels).filter(([key]) => key === "overdue" || this.board.totals[key].items);
    }

    get lastShown() {
        return Math.min(this.state.offset + PAGE_SIZE, this.board.count);
    }

    money(amount) {
        return formatCurrency(amount, this.board.currency_id);
    }

    documentMoney(row) {
        return formatCurrency(row.document, row.document_currency_id);
    }

    counts(total) {
        return _t("Items: %(items)s, customers: %(customers)s", {
            items: total.items,
            customers: total.customers,
        });
    }

    flagText(row) {
        return Object.values(row.flags).join("\n");
    }

    kpiText(kpi) {
        return [kpi.formula, ...kpi.inputs].join("\n");
    }

    onDate(date) {
        if (date) {
            return this.change({as_of: serializeDate(date)});
        }
    }

    onSelect(name, ev) {
        const value = ev.target.value;
        return this.filter(name, name === "customer_class" ? value : Number(value));
    }

    filter(name, value) {
        this.state.filters[name] = value || false;
        return this.change({});
    }

    /** A click on a flag narrows to its customers, a second click shows all again. */
    toggleFlag(flag) {
        return this.filter("flag", this.state.filters.flag === flag ? false : flag);
    }

    change(values) {
        Object.assign(this.state, {offset: 0, ...values});
        return this.load();
    }

    turn(pages) {
        this.state.offset = Math.max(this.state.offset + pages * PAGE_SIZE, 0);
        return this.load();
    }

    openItems(title, domain) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: title,
            res_model: "crm.open.item",
            views: [
                [false, "list"],
                [false, "kanban"],
                [false, "pivot"],
                [false, "graph"],
            ],
            domain: [...this.board.domain, ...domain],
            context: {as_of: this.board.as_of},
        });
    }

    openUnapplied() {
        return this.openItems(_t("Unapplied receipts"), UNAPPLIED);
    }

    openBucket([key, label]) {
        return this.openItems(label, [[this.bucketField, "=", key]]);
    }

    openCell(row, leaves = []) {
        return this.openItems(row.name, [[this.board.group_by, "=", row.key], ...leaves]);
    }

    openExtra(row, key) {
        const leaves = {
            overdue: [["days_overdue", ">", 0]],
            disputed: [["disputed", "!=", 0]],
            promised: [["promised", "!=", 0]],
            unapplied: UNAPPLIED,
        };
        return this.openCell(row, leaves[key]);
    }

    /** A customer opens its form, a salesperson, team ... the customers of that group. */
    openRow(row) {
        if (this.board.group_by !== "partner_id") {
            if (!row.key) {
                return this.openCell(row);
            }
            this.state.filters[this.board.group_by] = row.key;
            return this.change({group_by: "partner_id"});
        }
        if (row.key) {
            return this.action.doAction({
                type: "ir.actions.act_window",
                res_model: "res.partner",
                res_id: row.key,
                views: [[false, "form"]],
            });
        }
    }

    openTrend() {
        return this.action.doAction("crm_finance_bridge.crm_receivable_kpi_action");
    }

    fileUrl(kind) {
        const {group_by, age_by, filters} = this.state;
        const chosen = Object.fromEntries(Object.entries(filters).filter(([, value]) => value));
        const query = new URLSearchParams({
            as_of: this.board.as_of,
            group_by,
            age_by,
            filters: JSON.stringify(chosen),
        });
        return `/crm_finance_bridge/receivables.${kind}?${query}`;
    }
}

registry.category("actions").add("crm_finance_bridge.receivables", Receivables);

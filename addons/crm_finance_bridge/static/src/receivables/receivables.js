import {Component, onWillStart, useState} from "@odoo/owl";
import {DateTimeInput} from "@web/core/datetime/datetime_input";
import {deserializeDate, serializeDate} from "@web/core/l10n/dates";
import {formatCurrency} from "@web/core/currency";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {useSetupAction} from "@web/search/action_hook";
import {Layout} from "@web/search/layout";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";

const PAGE_SIZE = 80;

/** Receivables by customer and age at a date: one call fills the screen, each figure opens its items. */
export class Receivables extends Component {
    static template = "crm_finance_bridge.Receivables";
    static components = {DateTimeInput, Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.ui = useService("ui");
        this.display = {controlPanel: {}};
        this.state = useState({
            filters: {as_of: false, company_id: 0, user_id: 0, team_id: 0},
            order: "total",
            offset: 0,
            board: null,
            ...this.props.state,
        });
        useSetupAction({
            getLocalState: () => ({
                filters: {...this.state.filters},
                order: this.state.order,
                offset: this.state.offset,
            }),
        });
        onWillStart(() => this.load());
    }

    async load() {
        const {filters, order, offset} = this.state;
        this.state.board = await this.orm.call("crm.aging", "get_board", [], {
            ...filters,
            order,
            offset,
            limit: PAGE_SIZE,
        });
    }

    get board() {
        return this.state.board;
    }

    get asOf() {
        return deserializeDate(this.board.as_of);
    }

    get cards() {
        return [
            {key: "total", label: _t("Open in total"), domain: []},
            {
                key: "due_today",
                label: _t("Due today"),
                domain: [
                    ["residual", ">", 0],
                    ["due_date", "=", this.board.as_of],
                ],
            },
            {key: "due_week", label: _t("Due in the next 7 days"), domain: this.weekDomain},
            {
                key: "overdue",
                label: _t("Overdue"),
                domain: [["bucket", "!=", "not_due"]],
                danger: true,
            },
        ];
    }

    get weekDomain() {
        return [
            ["residual", ">", 0],
            ["due_date", ">", this.board.as_of],
            ["due_date", "<=", serializeDate(this.asOf.plus({days: 7}))],
        ];
    }

    get lastShown() {
        return Math.min(this.state.offset + PAGE_SIZE, this.board.count);
    }

    money(amount) {
        return formatCurrency(amount, this.board.currency_id);
    }

    counts(total) {
        return _t("Items: %(items)s, customers: %(customers)s", {
            items: total.items,
            customers: total.customers,
        });
    }

    onDate(date) {
        if (date) {
            this.filter("as_of", serializeDate(date));
        }
    }

    onSelect(name, ev) {
        this.filter(name, Number(ev.target.value));
    }

    filter(name, value) {
        this.state.filters[name] = value;
        this.state.offset = 0;
        return this.load();
    }

    sort(order) {
        this.state.order = order;
        this.state.offset = 0;
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
                [false, "pivot"],
                [false, "graph"],
            ],
            domain: [...this.board.domain, ...domain],
            context: {as_of: this.board.as_of},
        });
    }

    openCell(customer, bucket) {
        const domain = [["partner_id", "=", customer.partner_id || false]];
        if (bucket) {
            domain.push(["bucket", "=", bucket]);
        }
        return this.openItems(customer.name, domain);
    }

    openCustomer(customer) {
        if (customer.partner_id) {
            return this.action.doAction({
                type: "ir.actions.act_window",
                res_model: "res.partner",
                res_id: customer.partner_id,
                views: [[false, "form"]],
            });
        }
    }

    get xlsxUrl() {
        const query = new URLSearchParams({as_of: this.board.as_of});
        for (const name of ["company_id", "user_id", "team_id"]) {
            if (this.state.filters[name]) {
                query.set(name, this.state.filters[name]);
            }
        }
        return `/crm_finance_bridge/receivables.xlsx?${query}`;
    }
}

registry.category("actions").add("crm_finance_bridge.receivables", Receivables);

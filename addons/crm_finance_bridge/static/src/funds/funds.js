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
import {FundsChart} from "./funds_chart";

/** Money in and out between two dates: one call fills the screen, each figure opens its movements. */
export class Funds extends Component {
    static template = "crm_finance_bridge.Funds";
    static components = {DateTimeInput, FundsChart, Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.display = {controlPanel: {}};
        this.steps = [
            ["month", _t("By month")],
            ["quarter", _t("By quarter")],
            ["year", _t("By year")],
        ];
        this.dimensions = [
            ["method", _t("Method")],
            ["category", _t("Purpose")],
            ["user_id", _t("Salesperson")],
            ["journal_id", _t("Bank or Cash")],
            ["partner_id", _t("Customer or Vendor")],
        ];
        this.state = useState({
            filters: {first: false, last: false, step: "month", dimension: "method", company_id: 0, user_id: 0},
            board: null,
            ...this.props.state,
        });
        useSetupAction({getLocalState: () => ({filters: {...this.state.filters}})});
        onWillStart(() => this.load());
    }

    async load() {
        this.state.board = await this.orm.call("crm.funds.board", "get_board", [], {...this.state.filters});
    }

    get board() {
        return this.state.board;
    }

    day(name) {
        return deserializeDate(this.board[name]);
    }

    get labels() {
        return this.board.periods.map((period) => this.label(period));
    }

    label(period) {
        const start = deserializeDate(period.start);
        if (this.board.step === "month") {
            // In the order of the language: Dec 2025, 2025年12月.
            return start.toLocaleString({month: "short", year: "numeric"});
        }
        return start.toFormat(this.board.step === "quarter" ? "'Q'q yyyy" : "yyyy");
    }

    money(amount) {
        return formatCurrency(amount, this.board.currency_id);
    }

    onDate(name, date) {
        if (date) {
            this.filter(name, serializeDate(date));
        }
    }

    async filter(name, value) {
        const before = {...this.state.filters};
        // Both days stay as shown: a new first day must not move the last one.
        Object.assign(this.state.filters, {first: this.board.first, last: this.board.last, [name]: value});
        try {
            await this.load();
        } catch (error) {
            this.state.filters = before;
            throw error;
        }
    }

    open(title, domain) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: title,
            res_model: "crm.funds.flow",
            views: [
                [false, "list"],
                [false, "pivot"],
                [false, "graph"],
            ],
            domain: [...this.board.domain, ...domain],
        });
    }

    openPeriod(period, domain = []) {
        return this.open(this.label(period), [["date", ">=", period.start], ["date", "<=", period.stop], ...domain]);
    }

    openRow(row, domain = []) {
        if (row.key === null) {
            return this.open(_t("All movements"), domain);
        }
        return this.open(row.name, [[this.board.dimension, "=", row.key], ...domain]);
    }
}

registry.category("actions").add("crm_finance_bridge.funds", Funds);

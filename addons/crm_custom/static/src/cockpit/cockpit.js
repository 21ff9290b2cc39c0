import {Component, onWillStart, useState} from "@odoo/owl";
import {deserializeDate, formatDate} from "@web/core/l10n/dates";
import {formatCurrency} from "@web/core/currency";
import {registry} from "@web/core/registry";
import {KeepLast} from "@web/core/utils/concurrency";
import {useService} from "@web/core/utils/hooks";
import {formatInteger} from "@web/views/fields/formatters";
import {useSetupAction} from "@web/search/action_hook";
import {Layout} from "@web/search/layout";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";

/** The screen of a role's day: one call fills it, each figure and row opens its records. */
export class Cockpit extends Component {
    static template = "crm_custom.Cockpit";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.display = {controlPanel: {}};
        this.keepLast = new KeepLast();
        this.state = useState({role: false, day: null, ...this.props.state});
        useSetupAction({getLocalState: () => ({role: this.state.role})});
        onWillStart(() => this.load());
    }

    async load() {
        this.state.day = await this.keepLast.add(this.orm.call("crm.cockpit", "get_day", [], {role: this.state.role}));
        this.state.role = this.state.day.role;
    }

    get day() {
        return this.state.day;
    }

    get date() {
        return formatDate(deserializeDate(this.day.date));
    }

    changeRole(role) {
        this.state.role = role;
        return this.load();
    }

    value(figure) {
        if (figure.kind === "money") {
            return formatCurrency(figure.value, figure.currency_id || this.day.currency_id);
        }
        return formatInteger(figure.value);
    }

    /** A figure opens what it is made of: in the views of an action, with the figure's own domain. */
    async open(target) {
        if (!target.model) {
            return this.action.doAction(target.action, {additionalContext: target.context});
        }
        const {name, model, domain, views, context, res_id} = target;
        const own = {name, display_name: name, res_model: model, context, ...(res_id ? {res_id} : {domain})};
        if (!target.action) {
            return this.action.doAction({type: "ir.actions.act_window", views, ...own});
        }
        const action = {...(await this.action.loadAction(target.action)), ...own};
        // Not the menu's action any more: an address of it would open other records.
        delete action.id;
        delete action.path;
        return this.action.doAction(action);
    }
}

registry.category("actions").add("crm_custom.cockpit", Cockpit);

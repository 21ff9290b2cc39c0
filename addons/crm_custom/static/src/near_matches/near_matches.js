import {Component, onMounted, onWillUnmount, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {deserializeDateTime, formatDate} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {useDebounced} from "@web/core/utils/timing";
import {useRecordObserver} from "@web/model/relational_model/utils";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

const DELAY = 300; // Milliseconds after the last key before the server is asked

/**
 * Customers like the one that is being typed: shown while the record is new or its name, phone, mail or tax number
 * changes, before anything is saved. The options say which field of the form holds what:
 * {name, phone, email, vat, street, city, zip, partner}; `partner` is the many2one that takes a chosen match.
 */
export class CrmNearMatches extends Component {
    static template = "crm_custom.NearMatches";
    static props = {
        ...standardWidgetProps,
        fieldNames: {type: Object, optional: true},
    };
    static defaultProps = {fieldNames: {}};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.root = useRef("root");
        this.state = useState({matches: [], dismissed: false});
        this.typed = {};
        this.lastQuery = "";
        this.initial = null;
        this.ask = useDebounced(() => this.search(), DELAY);
        useRecordObserver((record) => {
            const current = this.read(record);
            if (this.recordKey !== record.id) {
                this.recordKey = record.id;
                this.initial = record.resId ? JSON.stringify(current) : null;
                this.typed = {};
                this.state.matches = [];
                this.state.dismissed = false;
                this.lastQuery = "";
            }
            this.current = current;
            this.ask();
        });
        this.onInput = (ev) => this.readInput(ev);
        onMounted(() => {
            this.form = this.root.el.closest(".o_form_renderer, .o_form_view, form") || this.root.el.parentElement;
            this.form.addEventListener("input", this.onInput);
        });
        onWillUnmount(() => this.form && this.form.removeEventListener("input", this.onInput));
    }

    get keys() {
        return ["name", "phone", "email", "vat", "street", "city", "zip"].filter((key) => this.props.fieldNames[key]);
    }

    get labels() {
        return {sure: _t("Sure"), likely: _t("Likely"), possible: _t("Possible")};
    }

    get canUse() {
        return Boolean(this.props.fieldNames.partner) && !this.props.readonly;
    }

    read(record) {
        const values = {};
        for (const key of this.keys) {
            values[key] = record.data[this.props.fieldNames[key]] || "";
        }
        const partner = this.props.fieldNames.partner && record.data[this.props.fieldNames.partner];
        if (partner) {
            values.partner = partner.id;
        }
        return values;
    }

    /** What stands in an input counts at once, not only when the field is left. */
    readInput(ev) {
        for (const key of this.keys) {
            const field = ev.target.closest(`.o_field_widget[name="${this.props.fieldNames[key]}"]`);
            if (field) {
                this.typed[key] = ev.target.value;
                this.ask();
            }
        }
    }

    async search() {
        const values = {...this.current, ...this.typed};
        const query = JSON.stringify(values);
        const unchanged = this.initial !== null && this.initial === query;
        if (unchanged || values.partner || !this.keys.some((key) => values[key])) {
            this.state.matches = [];
            this.lastQuery = "";
            return;
        }
        if (query === this.lastQuery) {
            return;
        }
        this.lastQuery = query;
        const excluded = this.props.record.resModel === "res.partner" ? this.props.record.resId : false;
        const matches = await this.orm.silent.call("res.partner", "crm_near_matches", [values], {
            exclude_id: excluded || false,
        });
        if (query === this.lastQuery) {
            this.state.matches = matches;
            this.state.dismissed = false;
        }
    }

    lastContact(match) {
        return match.last_contact ? formatDate(deserializeDateTime(match.last_contact)) : _t("never");
    }

    open(match) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "res.partner",
            res_id: match.id,
            views: [[false, "form"]],
        });
    }

    async use(match) {
        await this.props.record.update({
            [this.props.fieldNames.partner]: {id: match.id, display_name: match.name},
        });
        this.state.matches = [];
    }

    request(match) {
        this.action.doAction("crm_custom.crm_collision_request_action", {
            additionalContext: {default_partner_id: match.customer_id},
            onClose: () => {
                this.lastQuery = "";
                this.search();
            },
        });
    }

    dismiss() {
        this.state.dismissed = true;
    }
}

export const crmNearMatches = {
    component: CrmNearMatches,
    extractProps: ({options}) => ({fieldNames: options || {}}),
};

registry.category("view_widgets").add("crm_near_matches", crmNearMatches);

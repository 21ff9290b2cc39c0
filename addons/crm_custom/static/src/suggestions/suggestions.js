import {Component, onMounted, onWillUnmount, useEffect, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

const WAIT = 400; // milliseconds after the last change of the lines

/** What to offer next to what is on the quotation; read by one call after the screen is open. */
export class Suggestions extends Component {
    static template = "crm_custom.Suggestions";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.sources = {
            similar: _t("Similar customers"),
            pair: _t("Bought together"),
            upsell: _t("Higher tier"),
            need: _t("Requirement"),
        };
        this.state = useState({offers: [], needs: [], gaps: [], ready: false, busy: false, searched: false});
        this.ask = useState({text: "", budget: "", quantity: "1"});
        this.turn = 0;
        onMounted(() => (this.mounted = true));
        onWillUnmount(() => {
            this.mounted = false;
            clearTimeout(this.timer);
        });
        useEffect(
            () => {
                clearTimeout(this.timer);
                this.timer = setTimeout(() => this.load(), this.state.ready ? WAIT : 0);
            },
            () => [this.record.resId, this.partnerId, this.productIds.join()]
        );
    }

    get record() {
        return this.props.record;
    }

    get partnerId() {
        return this.record.data.partner_id?.id || false;
    }

    get productIds() {
        const lines = this.record.data.order_line?.records || [];
        return lines.map((line) => line.data.product_id?.id).filter(Boolean);
    }

    async load() {
        if (!this.partnerId) {
            Object.assign(this.state, {offers: [], needs: [], gaps: [], ready: false});
            return;
        }
        const turn = ++this.turn;
        const panel = await this.orm.silent.call("sale.order", "crm_suggestion_panel", [
            this.record.resId || false,
            this.partnerId,
            this.productIds,
        ]);
        if (this.mounted && turn === this.turn) {
            // What was asked for stays on the screen until it is answered or emptied.
            const offers = this.state.searched ? this.state.offers : panel.offers;
            Object.assign(this.state, panel, {offers, ready: true});
        }
    }

    async search() {
        clearTimeout(this.timer);
        if (!this.ask.text.trim()) {
            this.state.searched = false;
            return this.load();
        }
        if (!(await this.record.save())) {
            return;
        }
        const turn = ++this.turn;
        const offers = await this.orm.call("sale.order", "crm_match_requirements", [
            this.record.resId,
            this.partnerId,
            this.ask.text,
            Number(this.ask.budget) || 0,
            Number(this.ask.quantity) || 1,
        ]);
        if (this.mounted && turn === this.turn) {
            Object.assign(this.state, {offers, searched: true});
        }
    }

    async answer(offer, method, ...more) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            const isNew = !this.record.resId;
            if (!(await this.record.save())) {
                return;
            }
            if (isNew && !this.state.searched) {
                await this.load(); // counts what is shown, which can then be answered
            }
            await this.orm.call("sale.order", method, [[this.record.resId], offer.product_id, ...more]);
            await this.record.load();
            Object.assign(this.ask, {text: ""});
            this.state.searched = false;
            await this.load();
        } finally {
            this.state.busy = false;
        }
    }

    add(offer) {
        return this.answer(offer, "action_accept_suggestion", offer.source);
    }

    decline(offer) {
        return this.answer(offer, "action_decline_suggestion");
    }

    open(need) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: need.model,
            res_id: need.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("view_widgets").add("crm_suggestions", {
    component: Suggestions,
    fieldDependencies: [{name: "partner_id", type: "many2one"}],
});

import {_t} from "@web/core/l10n/translation";
import {Component, onWillStart, useState} from "@odoo/owl";
import {Layout} from "@web/search/layout";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

/** The figures of all planned campaigns on one screen; each opens the table behind it. */
export class CampaignDashboard extends Component {
    static template = "crm_marketing.CampaignDashboard";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({tiles: [], best: [], watch: [], domain: []});
        this.display = {controlPanel: {}};
        onWillStart(async () => {
            Object.assign(this.state, await this.orm.call("crm.campaign.return", "get_dashboard", []));
        });
    }

    get tables() {
        return [
            {key: "best", name: _t("Most collected"), rows: this.state.best},
            {key: "watch", name: _t("To watch"), rows: this.state.watch},
        ];
    }

    openTable(key) {
        const detail = ["response", "lead", "customer"].includes(key);
        return this.action.doAction(
            detail ? "crm_marketing.crm_campaign_response_action" : "crm_marketing.crm_campaign_return_action"
        );
    }

    openCampaign(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "utm.campaign",
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("crm_campaign_dashboard", CampaignDashboard);

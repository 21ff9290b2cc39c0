import {Component, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

import {devicePosition} from "./position";

/** Button of a visit: arrive with the position of the device, or without, saying why there is none. */
export class VisitCheckIn extends Component {
    static template = "crm_custom.VisitCheckIn";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.state = useState({busy: false});
    }

    async checkIn() {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            if (!(await this.props.record.save())) {
                return;
            }
            const position = await devicePosition();
            const {text} = await this.orm.call("crm.visit", "action_check_in", [[this.props.record.resId]], position);
            this.notification.add(text, {type: position.reason ? "warning" : "success"});
            await this.props.record.load();
        } finally {
            this.state.busy = false;
        }
    }
}

registry.category("view_widgets").add("crm_visit_check_in", {component: VisitCheckIn});

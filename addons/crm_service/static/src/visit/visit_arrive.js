import {devicePosition} from "@crm_custom/visit/position";
import {Component, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

/** The technician's button: arrive with time and position of the device, or without, saying why there is none. */
export class ServiceVisitArrive extends Component {
    static template = "crm_service.VisitArrive";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.state = useState({busy: false});
    }

    async arrive() {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            if (!(await this.props.record.save())) {
                return;
            }
            const position = await devicePosition();
            const visit = this.props.record.resId;
            const {text} = await this.orm.call("crm.service.visit", "action_arrive", [[visit]], position);
            this.notification.add(text, {type: position.reason ? "warning" : "success"});
            await this.props.record.load();
        } finally {
            this.state.busy = false;
        }
    }
}

registry.category("view_widgets").add("crm_service_visit_arrive", {component: ServiceVisitArrive});

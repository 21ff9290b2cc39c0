import {Component, useState} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

const PATIENCE = 10000; // milliseconds: a browser that asks for leave may never answer

/** The technician's button: arrive with time and position of the device, or without, saying why there is none. */
export class ServiceVisitArrive extends Component {
    static template = "crm_service.VisitArrive";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.state = useState({busy: false});
    }

    /** Latitude and longitude in degrees and accuracy in metres, or the reason why there is none. */
    position() {
        const geolocation = browser.navigator.geolocation;
        if (!geolocation) {
            return Promise.resolve({reason: _t("this device has no position")});
        }
        return new Promise((resolve) => {
            const timer = browser.setTimeout(() => resolve({reason: _t("no answer in time")}), PATIENCE);
            const answer = (values) => {
                browser.clearTimeout(timer);
                resolve(values);
            };
            geolocation.getCurrentPosition(
                ({coords: {latitude, longitude, accuracy}}) => answer({latitude, longitude, accuracy}),
                (error) =>
                    answer({reason: error.code === 1 ? _t("no permission given") : _t("the position is not known")}),
                {enableHighAccuracy: true, timeout: PATIENCE, maximumAge: 60000}
            );
        });
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
            const position = await this.position();
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

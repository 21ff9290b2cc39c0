import {CalendarRenderer} from "@web/views/calendar/calendar_renderer";
import {CalendarCommonRenderer} from "@web/views/calendar/calendar_common/calendar_common_renderer";
import {serializeDateTime} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {calendarView} from "@web/views/calendar/calendar_view";
import {CalendarController} from "@web/views/calendar/calendar_controller";

const MORNING = 9; // hour at which a visit begins that is planned by clicking on a day

/** A calendar over several kinds of records: a click opens the record behind, a free slot plans a visit. */
export class AppointmentCalendarController extends CalendarController {
    async editRecord(record) {
        return this.action.doAction(await this.orm.call(this.model.resModel, "action_open", [[record.id]]));
    }

    createRecord(record) {
        const start = record.isAllDay ? record.start.set({hour: MORNING}) : record.start;
        return this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("Plan a Visit"),
                res_model: "crm.visit",
                views: [[false, "form"]],
                target: "new",
                context: {default_start: serializeDateTime(start)},
            },
            {onClose: () => this.model.load()}
        );
    }
}

/** Who is in two places at once is marked red; what is not confirmed yet is hatched. */
export class AppointmentCommonRenderer extends CalendarCommonRenderer {
    eventClassNames(info) {
        const classes = super.eventClassNames(info);
        const row = this.props.model.records[info.event.id]?.rawRecord;
        if (row?.overlap) {
            classes.push("o_crm_overlap");
        }
        if (row?.is_planned) {
            classes.push("o_event_hatched");
        }
        return classes;
    }
}

export class AppointmentRenderer extends CalendarRenderer {
    static components = {
        ...CalendarRenderer.components,
        day: AppointmentCommonRenderer,
        week: AppointmentCommonRenderer,
        month: AppointmentCommonRenderer,
    };
}

registry.category("views").add("crm_appointment_calendar", {
    ...calendarView,
    Controller: AppointmentCalendarController,
    Renderer: AppointmentRenderer,
});

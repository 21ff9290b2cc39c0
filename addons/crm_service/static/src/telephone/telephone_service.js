import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/**
 * The agent's telephone rings: the caller's page opens, or a list of those who have the number, or the form of a new
 * caller. Only the tab in front acts. Where a dialog is open nothing is torn away: the notification has the button.
 */
export const telephoneService = {
    dependencies: ["action", "bus_service", "notification", "orm"],

    start(env, {action, bus_service, notification, orm}) {
        const open = async (id, method) => action.doAction(await orm.call("crm.call.log", method, [[id]]));

        const onCall = async ({id, number, name}) => {
            if (document.hidden) {
                return;
            }
            const busy = Boolean(document.querySelector(".o_dialog"));
            const close = notification.add(name || _t("Unknown caller"), {
                title: _t("Call from %(number)s", {number}),
                type: "info",
                sticky: true,
                buttons: [
                    {
                        name: _t("Show"),
                        primary: true,
                        onClick: () => {
                            close();
                            open(id, "action_caller");
                        },
                    },
                    {
                        name: _t("New Ticket"),
                        onClick: () => {
                            close();
                            open(id, "action_new_ticket");
                        },
                    },
                ],
            });
            if (!busy) {
                await open(id, "action_caller");
            }
        };
        bus_service.subscribe("crm_service.call", onCall);
        bus_service.start();
        return {onCall};
    },
};

registry.category("services").add("crm_service.telephone", telephoneService);

import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {Component, onWillUnmount, useEffect, useState} from "@odoo/owl";

const TICK = 30000;
const COLORS = {ok: "success", soon: "warning", late: "danger", paused: "secondary"};
const ICONS = {paused: "fa-pause-circle", late: "fa-exclamation-circle"};

/**
 * What the most urgent clock of a ticket says, counted down in working time. The server sends the seconds left when it
 * answered and the working spans of the next day; a paused clock does not move.
 */
export class SlaPill extends Component {
    static template = "crm_service.SlaPill";
    static props = {...standardFieldProps};

    setup() {
        this.state = useState({now: Date.now()});
        useEffect(
            () => {
                this.since = Date.now();
                this.state.now = this.since;
            },
            () => [this.pill]
        );
        const timer = setInterval(() => (this.state.now = Date.now()), TICK);
        onWillUnmount(() => clearInterval(timer));
    }

    get pill() {
        return this.props.record.data[this.props.name] || false;
    }

    /** Working seconds left; negative = overrun. */
    get left() {
        const {left, work} = this.pill;
        if (!work) {
            return left;
        }
        const passed = work.reduce((sum, [start, stop]) => {
            const from = Math.max(Date.parse(start), this.since || this.state.now);
            const to = Math.min(Date.parse(stop), this.state.now);
            return sum + Math.max(0, to - from);
        }, 0);
        return left - Math.floor(passed / 1000);
    }

    get level() {
        const {level, soon} = this.pill;
        if (level === "paused") {
            return level;
        }
        if (level === "late" || this.left < 0) {
            return "late";
        }
        return this.left <= soon ? "soon" : "ok";
    }

    get color() {
        return COLORS[this.level];
    }

    get icon() {
        return ICONS[this.level] || "fa-clock-o";
    }

    get text() {
        const minutes = Math.floor(Math.abs(this.left) / 60);
        const values = {
            clock: this.pill.clock,
            amount: _t("%(hours)sh %(minutes)sm", {
                hours: Math.floor(minutes / 60),
                minutes: String(minutes % 60).padStart(2, "0"),
            }),
        };
        if (this.level === "late") {
            return _t("%(clock)s late by %(amount)s", values);
        }
        if (this.level === "paused") {
            return _t("%(clock)s paused, %(amount)s left", values);
        }
        return _t("%(clock)s in %(amount)s", values);
    }
}

export const slaPill = {component: SlaPill, displayName: _t("Service clock"), supportedTypes: ["json"]};

registry.category("fields").add("crm_sla_pill", slaPill);

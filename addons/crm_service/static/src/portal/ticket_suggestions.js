import {_t} from "@web/core/l10n/translation";
import {rpc} from "@web/core/network/rpc";
import {registry} from "@web/core/registry";
import {Interaction} from "@web/public/interaction";

const PAUSE = 600; // milliseconds without a key before the server is asked
const SHORT = 4;

/**
 * Solutions under the form of a new ticket while the customer writes it: native disclosure elements, so that they
 * open with the keyboard and are read out. What is opened is counted once; the form tells whether he asked anyway.
 */
export class TicketSuggestions extends Interaction {
    static selector = ".o_crm_ticket_form";
    dynamicContent = {
        "#ticket_name, #ticket_description": {"t-on-input": this.debounced(this.suggest, PAUSE)},
        "#ticket_line": {"t-on-change": this.suggest},
    };

    setup() {
        this.asked = "";
        this.turn = 0;
    }

    start() {
        this.suggest();
    }

    value(name) {
        return this.el.querySelector(`[name=${name}]`).value.trim();
    }

    get text() {
        return `${this.value("name")}\n${this.value("description")}`.trim().slice(0, 2000);
    }

    async suggest() {
        const line = this.value("line_id");
        const asked = `${line} ${this.text}`;
        if (asked === this.asked || this.text.length < SHORT) {
            return;
        }
        this.asked = asked;
        const turn = ++this.turn;
        const found = await this.waitFor(rpc("/my/solutions/suggest", {text: this.text, line_id: line}));
        if (turn === this.turn) {
            this.show(found);
        }
    }

    show(found) {
        const box = this.el.querySelector(".o_crm_suggestions");
        const ids = found.map((item) => item.id).join();
        if (box.dataset.ids === ids) {
            return; // the same again: nothing to read out, nothing that closes under the reader's eyes
        }
        box.dataset.ids = ids;
        box.replaceChildren();
        if (found.length) {
            const title = document.createElement("p");
            title.className = "fw-bold mb-1";
            title.textContent = _t("Does one of these help?");
            box.append(title, ...found.map((item) => this.disclosure(item)));
        }
    }

    disclosure(item) {
        const details = document.createElement("details");
        details.className = "border rounded p-2 mb-1";
        const summary = document.createElement("summary");
        summary.textContent = item.name;
        const answer = document.createElement("p");
        answer.className = "mt-2 mb-2";
        answer.style.whiteSpace = "pre-line";
        answer.textContent = item.answer;
        const button = document.createElement("button");
        button.type = "button";
        button.className = "btn btn-secondary btn-sm";
        button.textContent = _t("This solved it");
        details.append(summary, answer, button);
        this.addListener(details, "toggle", () => details.open && this.read(item.id));
        this.addListener(button, "click", () => this.helped(item.id));
        return details;
    }

    read(id, helped = false) {
        return rpc("/my/solutions/read", {solution_id: id, draft: this.value("draft"), text: this.text, helped});
    }

    async helped(id) {
        await this.waitFor(this.read(id, true));
        window.location.href = "/my/solutions";
    }
}

registry.category("public.interactions").add("crm_service.ticket_suggestions", TicketSuggestions);

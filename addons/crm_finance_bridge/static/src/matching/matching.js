import {Component, onWillStart, useState} from "@odoo/owl";
import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {deserializeDate, formatDate} from "@web/core/l10n/dates";
import {formatCurrency} from "@web/core/currency";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useHotkey} from "@web/core/hotkeys/hotkey_hook";
import {Mutex} from "@web/core/utils/concurrency";
import {useService} from "@web/core/utils/hooks";
import {useSetupAction} from "@web/search/action_hook";
import {Layout} from "@web/search/layout";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";

/** Receipts on the left, the chosen one beside the customer's open items: accept with one key, undo with another. */
export class Matching extends Component {
    static template = "crm_finance_bridge.Matching";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.ui = useService("ui");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.display = {controlPanel: {}};
        this.mutex = new Mutex();
        this.state = useState({
            show: "open",
            offset: 0,
            search: "",
            desk: null,
            receipt: null,
            chosen: {},
            touched: false,
            busy: false,
            last: null,
            ...this.props.state,
        });
        useSetupAction({
            getLocalState: () => ({
                show: this.state.show,
                offset: this.state.offset,
                search: this.state.search,
            }),
        });
        const keys = {a: "accept", r: "refuse", u: "undo", j: "next", k: "previous"};
        for (const [key, action] of Object.entries(keys)) {
            useHotkey(key, () => this[action](), {allowRepeat: action === "next" || action === "previous"});
        }
        onWillStart(() => this.refresh(true));
    }

    // === Reading ===

    async refresh(quiet) {
        await this.run(async () => {
            if (!quiet || (await this.mayRefresh())) {
                await this.orm.call("crm.receipt.match", "action_refresh", []);
            }
            await this.load();
        });
    }

    /** The first look of the day reads the ledger; whoever may only read sees what is there. */
    async mayRefresh() {
        this.state.desk = await this.orm.call("crm.receipt.match", "get_desk", [this.state.show, 0, ""]);
        return this.state.desk.may_decide;
    }

    async load(keep) {
        const {show, offset, search} = this.state;
        this.state.desk = await this.orm.call("crm.receipt.match", "get_desk", [show, offset, search]);
        const {count, page, rows} = this.state.desk;
        if (offset && !rows.length) {
            // the last page was emptied: the one before it
            this.state.offset = Math.max(0, Math.floor((count - 1) / page) * page);
            return this.load(keep);
        }
        const row = rows.find((found) => found.id === keep) || rows[0];
        await this.open(row && row.id);
    }

    async open(id) {
        const receipt = id ? await this.orm.call("crm.receipt.match", "get_receipt", [[id]]) : null;
        this.state.receipt = receipt;
        this.state.touched = false;
        this.state.chosen = {};
        for (const item of receipt ? receipt.items : []) {
            this.state.chosen[item.id] = item.chosen;
        }
    }

    /** One call after the other: what is asked while another runs waits for it. */
    run(work) {
        return this.mutex.exec(async () => {
            this.state.busy = true;
            try {
                await work();
            } finally {
                this.state.busy = false;
            }
        });
    }

    // === What is shown ===

    get tabs() {
        const counts = this.state.desk.counts;
        return [
            {key: "open", label: _t("Open"), count: counts.open},
            {key: "certain", label: _t("Certain"), count: counts.certain},
            {key: "unmatched", label: _t("Not matched"), count: counts.unmatched},
            {key: "done", label: _t("Matched"), count: counts.done},
        ];
    }

    get allLabel() {
        return _t("Match all certain (%s)", this.state.desk.counts.certain);
    }

    get live() {
        const receipt = this.state.receipt;
        return receipt && ["proposed", "unmatched"].includes(receipt.state);
    }

    /** Not while something is being read: what comes would overwrite the choice. */
    get mayChoose() {
        return Boolean(this.live && this.state.desk.may_decide && !this.state.busy);
    }

    get chosenIds() {
        return this.state.receipt.items.filter((item) => this.state.chosen[item.id]).map((item) => item.id);
    }

    /** {id of the open item: its part} as proposed. */
    get shownParts() {
        return Object.fromEntries(
            this.state.receipt.items.filter((item) => item.chosen).map((item) => [item.id, item.part])
        );
    }

    get chosenTotal() {
        const {receipt, chosen, touched} = this.state;
        return receipt.items
            .filter((item) => chosen[item.id])
            .reduce((total, item) => total + (touched ? item.open : item.part), 0);
    }

    get difference() {
        const receipt = this.state.receipt;
        return receipt.amount + (this.state.touched ? 0 : receipt.kept) - this.chosenTotal;
    }

    get differenceText() {
        const cents = Math.round(this.difference * 100);
        if (!cents) {
            return _t("Adds up");
        }
        return cents > 0
            ? _t("%s stays on account", this.money(this.difference))
            : _t("%s of the invoices stays open", this.money(-this.difference));
    }

    money(amount) {
        const receipt = this.state.receipt;
        return formatCurrency(amount, receipt && receipt.currency_id);
    }

    rowMoney(row) {
        return formatCurrency(row.amount, row.currency_id);
    }

    percent(row) {
        return row.confidence ? `${Math.floor(row.confidence * 1000) / 10} %` : "";
    }

    day(text) {
        return formatDate(deserializeDate(text));
    }

    // === Moving ===

    show(key) {
        Object.assign(this.state, {show: key, offset: 0});
        return this.run(() => this.load());
    }

    onSearch(ev) {
        Object.assign(this.state, {search: ev.target.value.trim(), offset: 0});
        return this.run(() => this.load());
    }

    turn(pages) {
        this.state.offset = Math.max(0, this.state.offset + pages * this.state.desk.page);
        return this.run(() => this.load());
    }

    step(by) {
        const rows = this.state.desk.rows;
        const index = rows.findIndex((row) => this.state.receipt && row.id === this.state.receipt.id);
        const row = rows[index + by];
        return row && this.run(() => this.open(row.id));
    }

    next() {
        return this.step(1);
    }

    previous() {
        return this.step(-1);
    }

    toggle(item) {
        if (this.mayChoose) {
            this.state.touched = true;
            this.state.chosen[item.id] = !this.state.chosen[item.id];
        }
    }

    // === Deciding ===

    /** The receipt after the one that is decided on now. */
    get following() {
        const rows = this.state.desk.rows;
        const index = rows.findIndex((row) => row.id === this.state.receipt.id);
        const row = rows[index + 1] || rows[index - 1];
        return row && row.id;
    }

    /** What is shown now is decided on, even if something is still being read; pressed twice it is decided once. */
    accept() {
        const {receipt, touched, desk} = this.state;
        const ids = this.live && desk.may_decide ? this.chosenIds : [];
        const shown = ids.length && this.shownParts;
        if (!ids.length) {
            return;
        }
        return this.decide(receipt, async () => {
            if (touched) {
                await this.orm.call("crm.receipt.match", "accept_with", [[receipt.id], ids]);
            } else {
                await this.orm.call("crm.receipt.match", "accept_shown", [[receipt.id], shown]);
            }
            this.state.last = {id: receipt.id, name: receipt.name};
            this.notification.add(_t("%s matched. Press U to undo.", receipt.name), {type: "success"});
        });
    }

    decide(receipt, work) {
        return this.run(async () => {
            if (!this.live || this.state.receipt.id !== receipt.id) {
                return;
            }
            const following = this.following;
            try {
                await work();
            } finally {
                await this.load(following);
            }
        });
    }

    refuse() {
        const {receipt, desk} = this.state;
        if (!this.live || receipt.state !== "proposed" || !desk.may_decide) {
            return;
        }
        return this.decide(receipt, () => this.orm.call("crm.receipt.match", "action_refuse", [[receipt.id]]));
    }

    /** Undo the receipt that is open, or the one matched last. */
    undo() {
        const receipt = this.state.receipt;
        const open = receipt && ["auto", "accepted"].includes(receipt.state) && receipt;
        const target = open || this.state.last;
        if (!target || !this.state.desk.may_decide) {
            return;
        }
        return this.run(async () => {
            try {
                await this.orm.call("crm.receipt.match", "action_undo", [[target.id]]);
                this.notification.add(_t("%s is open again.", target.name), {type: "info"});
            } finally {
                this.state.last = null;
                await this.load();
            }
        });
    }

    acceptCertain() {
        this.dialog.add(ConfirmationDialog, {
            body: _t("Match all %s certain receipts?", this.state.desk.counts.certain),
            confirmLabel: _t("Match"),
            confirm: () =>
                this.run(async () => {
                    const count = await this.orm.call("crm.receipt.match", "action_accept_certain", []);
                    this.notification.add(_t("%s receipts matched.", count), {type: "success"});
                    await this.load();
                }),
            cancel: () => {},
        });
    }

    openMove(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "account.move",
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("crm_finance_bridge.matching", Matching);

import {Component, onWillStart, onWillUnmount, useEffect, useRef} from "@odoo/owl";
import {formatCurrency} from "@web/core/currency";
import {loadBundle} from "@web/core/assets";
import {_t} from "@web/core/l10n/translation";

const COLORS = {in: "#2e9e6b", out: "#d9534f", net: "#4361ee"};

/** Bars of money in and out and a line of the net, one group per period; a click opens the period. */
export class FundsChart extends Component {
    static template = "crm_finance_bridge.FundsChart";
    static props = {
        labels: Array,
        periods: Array,
        currencyId: Number,
        onOpen: Function,
    };

    setup() {
        this.canvas = useRef("canvas");
        this.chart = null;
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [this.props.periods]
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    dataset(key, label, options) {
        const color = COLORS[key];
        return {
            label,
            data: this.props.periods.map((period) => (key === "out" ? -period.out : period[key])),
            backgroundColor: color,
            borderColor: color,
            ...options,
        };
    }

    draw() {
        this.chart?.destroy();
        const money = (amount) => formatCurrency(amount, this.props.currencyId);
        this.chart = new Chart(this.canvas.el, {
            data: {
                labels: this.props.labels,
                datasets: [
                    this.dataset("net", _t("Net"), {type: "line", tension: 0.2, pointRadius: 3}),
                    this.dataset("in", _t("In"), {type: "bar", stack: "money"}),
                    this.dataset("out", _t("Out"), {type: "bar", stack: "money"}),
                ],
            },
            options: {
                maintainAspectRatio: false,
                interaction: {mode: "index", intersect: false},
                scales: {x: {stacked: true, grid: {display: false}}, y: {ticks: {callback: money, maxTicksLimit: 6}}},
                plugins: {
                    tooltip: {
                        callbacks: {label: (item) => `${item.dataset.label}: ${money(item.raw)}`},
                    },
                },
                onClick: (_ev, elements) => {
                    if (elements.length) {
                        this.props.onOpen(this.props.periods[elements[0].index]);
                    }
                },
            },
        });
    }
}

import {GraphRenderer} from "@web/views/graph/graph_renderer";
import {graphView} from "@web/views/graph/graph_view";
import {registry} from "@web/core/registry";

const ADDS = "#2e9e6b";
const TAKES = "#d9534f";

/** Bars that hang where the one before ended: from sales at list price, part by part, to net profit. */
export class WaterfallRenderer extends GraphRenderer {
    get isWaterfall() {
        const {groupBy, mode} = this.model.metaData;
        return mode === "bar" && groupBy.length === 1 && groupBy[0].fieldName === "part";
    }

    /** Two colours of one measure: a legend would name neither. */
    getLegendOptions() {
        return this.isWaterfall ? {display: false} : super.getLegendOptions();
    }

    getBarChartData() {
        const data = super.getBarChartData();
        if (!this.isWaterfall || data.datasets.length !== 1) {
            return data;
        }
        const [bars] = data.datasets;
        let level = 0;
        const floating = bars.data.map((amount) => {
            const start = level;
            level += amount;
            return [start, level];
        });
        const colors = bars.data.map((amount) => (amount < 0 ? TAKES : ADDS));
        // A copy: clicks and tooltips read the model's own amounts.
        return {...data, datasets: [{...bars, data: floating, backgroundColor: colors}]};
    }
}

registry.category("views").add("crm_profit_waterfall", {...graphView, Renderer: WaterfallRenderer});

import {GraphRenderer} from "@web/views/graph/graph_renderer";
import {graphView} from "@web/views/graph/graph_view";
import {registry} from "@web/core/registry";

const ADDS = "#2e9e6b";
const TAKES = "#d9534f";

/** Bars that hang where the one before ended: from sales at list price, part by part, to net profit. */
export class WaterfallRenderer extends GraphRenderer {
    getBarChartData() {
        const data = super.getBarChartData();
        const {groupBy} = this.model.metaData;
        if (groupBy.length !== 1 || groupBy[0].fieldName !== "part" || data.datasets.length !== 1) {
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

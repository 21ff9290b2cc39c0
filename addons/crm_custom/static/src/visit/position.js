import {browser} from "@web/core/browser/browser";
import {_t} from "@web/core/l10n/translation";

const PATIENCE = 10000; // milliseconds: a browser that asks for leave may never answer

/** Latitude and longitude in degrees and accuracy in metres, or the reason why there is none. */
export function devicePosition() {
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
            (error) => answer({reason: error.code === 1 ? _t("no permission given") : _t("the position is not known")}),
            {enableHighAccuracy: true, timeout: PATIENCE, maximumAge: 60000}
        );
    });
}

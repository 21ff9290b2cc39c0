import {useRef} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {useDropzone} from "@web/core/dropzone/dropzone_hook";
import {registry} from "@web/core/registry";
import {useFileUploader} from "@web/core/utils/files";
import {Many2ManyBinaryField, many2ManyBinaryField} from "@web/views/fields/many2many_binary/many2many_binary_field";

/** Files chosen, or dropped anywhere on the field: scans and faxes. */
export class ScanDropField extends Many2ManyBinaryField {
    static template = "crm_service.ScanDropField";

    setup() {
        super.setup();
        this.dropRef = useRef("drop");
        this.upload = useFileUploader();
        useDropzone(this.dropRef, (ev) => this.onDrop(ev));
    }

    async onDrop(ev) {
        const files = [...ev.dataTransfer.files];
        if (!files.length) {
            return;
        }
        const uploaded = await this.upload("/web/binary/upload_attachment", {
            csrf_token: odoo.csrf_token,
            ufile: files,
            model: this.props.record.resModel,
            id: 0,
        });
        if (uploaded) {
            await this.onFileUploaded(uploaded);
        } else {
            this.notification.add(_t("The files could not be uploaded."), {type: "danger"});
        }
    }
}

registry.category("fields").add("crm_scan_drop", {...many2ManyBinaryField, component: ScanDropField});

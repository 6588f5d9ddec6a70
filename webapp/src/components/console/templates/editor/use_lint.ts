import {useEffect, useState} from 'react';
import type {TemplateCategory, TemplateRisk} from 'src/api/types';
import {useConsole} from 'src/components/console/use_console';
import {useDebounced} from 'src/components/shared/use_debounced';
import type {Json} from 'src/whatsapp/draft';

/** What is risky about a template while it is being written: the last that the server said of it. */
export function useLint(category: TemplateCategory, components: Json[]): TemplateRisk[] {
    const {adminApi} = useConsole();
    const [risks, setRisks] = useState<TemplateRisk[]>([]);
    const settled = useDebounced(JSON.stringify({category, components}));
    useEffect(() => {
        let current = true;
        const draft = JSON.parse(settled) as {category: TemplateCategory; components: Json[]};
        if (draft.components.some((component) => component.text)) {
            adminApi.lintTemplate(draft).then((found) => current && setRisks(found.risks)).catch(() => {}); // what is wrong is told when it is submitted
        }
        return () => {
            current = false;
        };
    }, [adminApi, settled]);
    return risks;
}

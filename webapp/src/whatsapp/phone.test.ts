import {maskPhone, phoneProblem} from 'src/whatsapp/phone';
import {expect, test} from 'vitest';

test.each([
    ['11', '11'],
    ['1198', '(11) 98'],
    ['1133334444', '(11) 3333-4444'],
    ['11987654321', '(11) 98765-4321'],
    ['+55 11 98765-4321', '+55 11 98765-4321'],
    ['https://wa.me/5511987654321', 'https://wa.me/5511987654321'],
    ['011987654321', '011987654321'],
])('%s is shown as %s', (typed, shown) => {
    expect(maskPhone(typed)).toBe(shown);
});

test.each([
    ['(11) 98765-4321', ''],
    ['(11) 3333-4444', ''],
    ['(11) 8765', 'short'],
    ['(20) 98765-4321', 'area'],
    ['(11) 88765-4321', 'ninth'],
    ['+351 912 345 678', ''],
    ['https://wa.me/5511987654321', ''],
    ['+55', 'short'],
])('%s: %s', (typed, problem) => {
    expect(phoneProblem(typed)).toBe(problem);
});

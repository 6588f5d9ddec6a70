import {fileURLToPath} from 'node:url';

import {FlatCompat} from '@eslint/eslintrc';
import js from '@eslint/js';

// Mattermost's rules are published in ESLint's older format; ESLint stays at 8 because they need it.
const compat = new FlatCompat({
    baseDirectory: fileURLToPath(new URL('.', import.meta.url)),
    recommendedConfig: js.configs.recommended,
});

export default [
    {ignores: ['dist/', '**/node_modules/', 'test-results/', 'src/api/schema.d.ts']},
    ...compat.extends('plugin:@mattermost/react'),
    {
        files: ['**/*.{ts,tsx,mjs}'],
        languageOptions: {

            // The rules' parser names an older TypeScript as its newest; it reads ours.
            parserOptions: {warnOnUnsupportedTypeScriptVersion: false},
        },
        linterOptions: {reportUnusedDisableDirectives: 'error'},
        rules: {
            'header/header': 'off',
            'max-lines': ['error', 250],
            '@typescript-eslint/no-explicit-any': 'error',

            // The plain rule takes a constructor that only declares fields for a useless one.
            'no-useless-constructor': 'off',
            '@typescript-eslint/no-useless-constructor': 'error',
        },
    },
    {
        files: ['test/**/*.{ts,tsx}', 'react_version.ts'],
        rules: {
            'no-process-env': 'off',
            'react/no-array-index-key': 'off',
            'react/no-unused-prop-types': 'off',
        },
    },
    {
        files: ['src/**/*.tsx'],
        ignores: ['**/*.test.tsx'],
        rules: {

            // Every text a person reads comes from src/i18n.
            'react/jsx-no-literals': ['error', {noStrings: true, ignoreProps: true}],
        },
    },
];

package domain

// TemplatesSyncedState names the fact of when an account's templates were last read.
func TemplatesSyncedState(accountID string) string { return "templates:" + accountID }

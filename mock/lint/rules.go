package lint

import (
	"understudy/mock/report"
	"understudy/specs"
)

// The rules, by the ids that stand in findings.
const (
	ruleClosed           = "closed-composition"
	ruleCondition        = "condition-without-error"
	ruleConverted        = specs.NoteConverted
	ruleDefault          = "default-invalid"
	ruleDiscriminator    = "discriminator"
	ruleEffect           = "keyword-without-effect"
	ruleEmptySuccess     = "empty-success"
	ruleEnum             = "enum-outside-type"
	ruleEnvelope         = "envelope-without-errors"
	ruleExample          = "example-invalid"
	ruleForeign          = specs.NoteForeign
	ruleFormat           = "format-unknown"
	ruleFree             = "free-form"
	ruleLeftOut          = specs.NoteLeftOut
	ruleLink             = "link-broken"
	ruleLookAlike        = specs.NoteLookAlike
	ruleNoError          = "no-error-response"
	ruleNoID             = "no-operation-id"
	ruleNoSuccess        = "no-success-response"
	ruleNullable         = "nullable"
	ruleOpenAPI          = specs.NoteInvalid
	ruleParameterTwice   = "parameter-twice"
	rulePathParameter    = "path-parameter"
	rulePatternBroken    = "pattern-broken"
	rulePatternSlow      = "pattern-slow"
	ruleReference        = "reference"
	ruleRequired         = "required-undefined"
	ruleSchema           = "schema-broken"
	ruleSlow             = "schema-slow"
	ruleSealed           = "sealed-without-vectors"
	ruleSecurity         = "security-undeclared"
	ruleUncheckedBody    = "unchecked-body"
	ruleUncheckedMedia   = "unchecked-media-type"
	ruleUnraised         = "error-unraised"
	ruleUnreadable       = "unreadable"
	ruleUnsatisfiable    = "unsatisfiable"
	ruleUnusedPathParams = "path-parameter-unused"
)

// Rules lists every rule there is, in alphabetical order. Errors and warnings are to be mended; notes say what to know.
func Rules() []report.Rule {
	return []report.Rule{
		{ID: ruleClosed, Severity: report.Warning, Text: "parts of an allOf that are closed forbid each other's properties: no value fits"},
		{ID: ruleCondition, Severity: report.Note, Text: "calls may fail in a way for which the catalogue x-errors has no row"},
		{ID: ruleConverted, Severity: report.Note, Text: "something of an older version of OpenAPI has no equal in the current one"},
		{ID: ruleDefault, Severity: report.Warning, Text: "a default does not keep its own schema"},
		{ID: ruleDiscriminator, Severity: report.Warning, Text: "a discriminator names a property or schemas that are not there"},
		{ID: ruleEmptySuccess, Severity: report.Note, Text: "a success is said to have no body: whatever comes is not looked at"},
		{ID: ruleEnum, Severity: report.Warning, Text: "a value of enum or const has another type than the schema"},
		{ID: ruleEnvelope, Severity: report.Warning, Text: "an envelope says what errors look like, and the document lists none"},
		{ID: ruleUnraised, Severity: report.Note, Text: "nothing in the document raises this row of the catalogue: only code, a fault or a preference does"},
		{ID: ruleExample, Severity: report.Warning, Text: "an example does not keep its schema"},
		{ID: ruleForeign, Severity: report.Note, Text: "an x- key that is not of the vocabulary says nothing here"},
		{ID: ruleFormat, Severity: report.Note, Text: "a format that is not known is not checked"},
		{ID: ruleFree, Severity: report.Warning, Text: "a schema that anything fits: nothing of the value is checked"},
		{ID: ruleEffect, Severity: report.Warning, Text: "a keyword binds no value of the type that the schema states"},
		{ID: ruleLeftOut, Severity: report.Note, Text: "something that stands outside the document is not fetched"},
		{ID: ruleLink, Severity: report.Warning, Text: "a link leads to no operation of the document"},
		{ID: ruleLookAlike, Severity: report.Warning, Text: "a key looks like one of the vocabulary and is not read as one"},
		{ID: ruleNoError, Severity: report.Warning, Text: "an operation says nothing of errors: no 4XX, no default, no catalogue"},
		{ID: ruleNoID, Severity: report.Note, Text: "an operation without operationId is named after its method and path, so its name changes with them"},
		{ID: ruleNoSuccess, Severity: report.Warning, Text: "an operation says nothing of success: no 2XX, no 3XX, no default"},
		{ID: ruleNullable, Severity: report.Warning, Text: "nullable means nothing in OpenAPI 3.1: null is not allowed by it"},
		{ID: ruleOpenAPI, Severity: report.Warning, Text: "the document breaks the OpenAPI Specification"},
		{ID: ruleParameterTwice, Severity: report.Error, Text: "two parameters have one name and one place"},
		{ID: rulePathParameter, Severity: report.Error, Text: "a name in the path is no parameter of the operation"},
		{ID: ruleUnusedPathParams, Severity: report.Warning, Text: "a path parameter does not stand in the path"},
		{ID: rulePatternBroken, Severity: report.Error, Text: "a pattern is no regular expression"},
		{ID: rulePatternSlow, Severity: report.Note, Text: "a pattern that goes back and forth is matched by a slower engine, within 200 ms"},
		{ID: ruleReference, Severity: report.Error, Text: "a $ref leads nowhere"},
		{ID: ruleRequired, Severity: report.Warning, Text: "a required property is not defined: any value does"},
		{ID: ruleSchema, Severity: report.Error, Text: "a schema does not compile"},
		{ID: ruleSlow, Severity: report.Note, Text: "one pass over a body cannot judge the schema: its part of each body is decoded and held to it by a slower validator"},
		{ID: ruleSealed, Severity: report.Warning, Text: "a cipher or signature that no vector proves: both sides may share one mistake"},
		{ID: ruleSecurity, Severity: report.Error, Text: "a security scheme is asked for and not declared"},
		{ID: ruleUncheckedBody, Severity: report.Warning, Text: "a body without a schema: nothing of it is checked"},
		{ID: ruleUncheckedMedia, Severity: report.Warning, Text: "bodies of this media type are not looked into"},
		{ID: ruleUnreadable, Severity: report.Error, Text: "the document cannot be read"},
		{ID: ruleUnsatisfiable, Severity: report.Warning, Text: "no value fits the schema, as far as could be found: nothing is sent or served of it"},
	}
}

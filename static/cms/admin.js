// The calendar puts the present moment in place of a date that it cannot read. Leave what was typed: the form reads
// more ways of writing a date, and says so when it cannot read one either.
jQuery.fn.datetimepicker.defaults.validateOnBlur = false;

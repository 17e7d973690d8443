from digitrack.evaluation import tables


def test_rows_stand_below_their_columns_and_none_leave_the_header(tmp_path):
    tables.write(tmp_path / "a/one.csv", [{"b": 1, "a": 0.5}], ["a", "b"])
    tables.write(tmp_path / "none.csv", [], ["a", "b"])
    assert (tmp_path / "a/one.csv").read_text() == "a,b\n0.5,1\n"
    assert (tmp_path / "none.csv").read_text() == "a,b\n"
